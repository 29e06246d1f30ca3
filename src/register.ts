/**
 * `node --import holdover/register app.js`: adopts the in-memory session stores of the app's
 * frameworks, so that sessions survive every restart. Nothing else changes, and nothing happens in an
 * app that has none, that brings its own store, or that runs with NODE_ENV=production (unless
 * SESSION_TYPE names what sessions are kept in).
 */
import { onPackageLoaded } from './adopt/commonjs-hook.ts';
import { expressSession } from './adopt/express-session.ts';
import { fastifySession } from './adopt/fastify-session.ts';
import { resolveAdoption } from './options.ts';
import { resolveSupervised } from './options/supervision.ts';
import { reportToTerminal } from './adopt/announce.ts';

if (resolveAdoption()) onPackageLoaded([expressSession, fastifySession], process.argv[1]);
if (resolveSupervised()) {
  const { takePart } = await import('./watch/inside/supervised.ts');
  takePart();
} else reportToTerminal();
