import { describeTool } from './logins.ts';

describeTool('node --watch', [
  'Express, ESM',
  'Express, CommonJS',
  'Fastify, TypeScript',
  'Hono, TypeScript',
]);
