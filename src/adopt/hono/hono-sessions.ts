import { createDebug } from 'obug';
import { KEY_ADVICE } from '../../storage/keys/secrets.ts';
import { watchSecret } from '../app-secret.ts';
import { isAdoptable, replaceMethods } from '../adopted-methods.ts';
import { adoptedStores, openAdopted } from '../adopted.ts';
import type { ModuleVisit } from '../module-hook.ts';
import { noteCookie } from '../notes.ts';
import { createHonoVerbs } from './verbs.ts';

const debug = createDebug('holdover:adopt');

interface MiddlewareOptions {
  store?: object;
  sessionCookieName?: string;
  encryptionKey?: unknown;
  cookieOptions?: { secure?: unknown; sameSite?: unknown };
}

type SessionMiddleware = (options?: MiddlewareOptions) => unknown;

const name = 'hono-sessions';

/** Adopts the MemoryStore of hono-sessions, in every copy that the app loads, of both its builds. */
export const honoSessions: ModuleVisit[] = [
  {
    name,
    file: /[\\/]hono-sessions[\\/](esm|script)[\\/]src[\\/]store[\\/]MemoryStore\.js$/,
    exported: 'MemoryStore',
    visit: adoptMemoryStore,
  },
  {
    name,
    file: /[\\/]hono-sessions[\\/](esm|script)[\\/]src[\\/]Middleware\.js$/,
    exported: 'sessionMiddleware',
    visit: adoptMiddleware,
  },
];

/**
 * Adopts the stores that the middleware gets, by the names of their cookies.
 *
 * @returns what is to be called in its place
 */
function adoptMiddleware(exported: unknown, from: string): unknown {
  if (typeof exported !== 'function') return undefined;
  debug('adopted the middleware of %s', from);
  return new Proxy(exported as SessionMiddleware, {
    apply(target, self, words: [MiddlewareOptions?]) {
      const { store } = words[0] ?? {};
      if (store && typeof store === 'object') adoptStore(store, words[0] as MiddlewareOptions);
      return Reflect.apply(target, self, words);
    },
  });
}

function adoptStore(store: object, options: MiddlewareOptions): void {
  const { sessionCookieName, encryptionKey, cookieOptions } = options;
  const cookieName = sessionCookieName || 'session';
  if (!openAdopted(store, isAdoptable, 'hono', cookieName)) return;
  const known = { framework: name, name: cookieName, prefix: '' };
  // One that is a function is called by the middleware.
  const secret = typeof encryptionKey === 'string' ? encryptionKey : undefined;
  noteCookie(known, secret, cookieOptions, watchSecret(name, secret, KEY_ADVICE));
}

/**
 * Adopts a MemoryStore. It answers within the call as that does, where no server is asked; the middleware
 * waits for a promise, too.
 */
export function adoptMemoryStore(exported: unknown, from: string): void {
  if (typeof exported !== 'function') return;
  replaceMethods(
    exported,
    createHonoVerbs((self) => adoptedStores.of(self, 'hono')),
  );
  debug('adopted the MemoryStore of %s', from);
}
