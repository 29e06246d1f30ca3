import { describeTool } from './logins.ts';

describeTool('holdover watch');
