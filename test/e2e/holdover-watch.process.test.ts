import { describeTool } from './logins.ts';

describeTool('holdover watch', [
  'Express, ESM',
  'Express, CommonJS',
  'Express, TypeScript',
  'Fastify, TypeScript',
  'Hono, ESM',
  'Hono, TypeScript',
  'Koa with koa-generic-session',
]);
