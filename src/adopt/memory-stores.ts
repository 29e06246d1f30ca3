import { onPackageLoaded, visitLoadedPackages } from './commonjs-hook.ts';
import { expressSession } from './express/express-session.ts';
import { fastifySession } from './fastify/fastify-session.ts';
import { honoSessions } from './hono/hono-sessions.ts';
import { memorystore } from './memorystore/memorystore.ts';
import { onModuleLoaded } from './module-hook.ts';
import { fastifyPassport } from './passport/fastify-passport.ts';
import { passport } from './passport/passport.ts';

const VISITS = [expressSession, fastifySession, memorystore, passport, fastifyPassport];

const MODULE_VISITS = honoSessions;

/** Once in a process, whatever number of copies of this module are loaded. */
const ADOPTED = Symbol.for('holdover.adopted.1');

/**
 * Adopts the memory stores of the frameworks that will be loaded, and of those CommonJS packages that are
 * loaded already.
 *
 * @param entry the file that is run, or one in a folder from which packages are imported
 */
export function adoptMemoryStores(entry: string | undefined): void {
  onModuleLoaded(MODULE_VISITS, entry); // each entry may find others
  const state = globalThis as { [ADOPTED]?: boolean };
  if (state[ADOPTED]) return;
  state[ADOPTED] = true;
  visitLoadedPackages(VISITS);
  onPackageLoaded(VISITS, entry);
}
