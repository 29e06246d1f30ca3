import { describeTool } from './logins.ts';

describeTool('tsx watch');
