import { adoptExpressSession } from './express.ts';
import { adoptFastifySession } from './fastify.ts';
import { adoptMemoryStore, adoptMiddleware } from './hono.ts';
import { adoptPackages, type Adoption } from './hook.ts';
import { adoptMemorystore } from './memorystore.ts';
import { adoptFastifyPassport, adoptPassport } from './passport.ts';

/** All that is adopted. */
const ADOPTIONS: Adoption[] = [
  {
    name: 'express-session',
    file: /[\\/]express-session[\\/]index\.js$/,
    adopt: adoptExpressSession,
  },
  {
    name: '@fastify/session',
    file: /[\\/]@fastify[\\/]session[\\/](index|lib[\\/]fastifySession)\.js$/,
    adopt: adoptFastifySession,
  },
  { name: 'memorystore', file: /[\\/]memorystore[\\/]index\.js$/, adopt: adoptMemorystore },
  {
    name: 'hono-sessions',
    file: /[\\/]hono-sessions[\\/](esm|script)[\\/]src[\\/]store[\\/]MemoryStore\.js$/,
    exported: 'MemoryStore',
    adopt: adoptMemoryStore,
  },
  {
    name: 'hono-sessions',
    file: /[\\/]hono-sessions[\\/](esm|script)[\\/]src[\\/]Middleware\.js$/,
    exported: 'sessionMiddleware',
    adopt: adoptMiddleware,
  },
  { name: 'passport', file: /[\\/]passport[\\/]lib[\\/]index\.js$/, adopt: adoptPassport },
  {
    name: '@fastify/passport',
    // Its strategy is not exported. Version 3 has it in the first of these files.
    file: /[\\/]@fastify[\\/]passport[\\/]dist[\\/]strategies[\\/](SessionStrategy|session-strategy)\.js$/,
    adopt: adoptFastifyPassport,
  },
];

/**
 * Adopts the memory stores of the frameworks that the app loads, and has passport take a missing user for a logout.
 *
 * @param entry the file that is run, or one in a folder from which packages are imported
 */
export function adoptMemoryStores(entry: string | undefined): void {
  adoptPackages(ADOPTIONS, entry);
}
