import { describeTool } from './logins.ts';

describeTool('tsx watch', [
  'Express, CommonJS',
  'Express, TypeScript',
  'Fastify, TypeScript',
  'Hono, TypeScript',
  'Koa with koa-generic-session',
]);
