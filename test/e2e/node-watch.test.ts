import { describeTool } from './logins.ts';

describeTool('node --watch');
