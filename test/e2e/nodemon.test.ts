import { describeTool } from './logins.ts';

describeTool('nodemon');
