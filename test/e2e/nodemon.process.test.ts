import { describeTool } from './logins.ts';

describeTool('nodemon', [
  'Express, CommonJS',
  'Express, TypeScript',
  'Hono, ESM',
  'Koa with koa-generic-session',
]);
