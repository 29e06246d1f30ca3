/**
 * `node --import holdover/register app.js`: adopts the in-memory session stores of the app's
 * frameworks, so that sessions survive every restart. Nothing else changes, and nothing happens in an
 * app that has none, that brings its own store, or that runs with NODE_ENV=production (unless
 * SESSION_TYPE=filesystem asks for it).
 */
import { onPackageLoaded } from './adopt/commonjs-hook.ts';
import { expressSession } from './adopt/express-session.ts';
import { fastifySession } from './adopt/fastify-session.ts';
import { resolveAdoption, resolveHold, resolveSupervised } from './options.ts';
import { reportToTerminal } from './adopt/announce.ts';
import { drainOnRestart } from './watch/inside/drain.ts';
import { holdSockets } from './watch/inside/held-sockets.ts';
import { reportToSupervisor } from './watch/inside/report.ts';
import { standBy } from './watch/inside/standby.ts';

if (resolveAdoption()) onPackageLoaded([expressSession, fastifySession], process.argv[1]);
if (resolveHold()) {
  holdSockets();
  drainOnRestart();
}
if (resolveSupervised()) {
  reportToSupervisor();
  standBy();
} else reportToTerminal();
