import { createDebug } from 'obug';
import { KEY_ADVICE } from '../../storage/keys/secrets.ts';
import { watchSecret } from '../cookies/app-secret.ts';
import { isAdoptable } from '../../session/adoptable.ts';
import { replaceMethods } from '../adopted-methods.ts';
import type { CookieAttributes } from '../../history/session-cookie.ts';
import { adoptedStores, openAdopted, ownSessions } from '../adopted.ts';
import type { ModuleVisit } from '../module-hook.ts';
import { noteCookie } from '../notes.ts';
import { addSignedCookie } from '../cookies/signed-cookies.ts';
import { createHonoVerbs } from './verbs.ts';

const debug = createDebug('holdover:adopt');

interface MiddlewareOptions {
  store?: object;
  sessionCookieName?: string;
  encryptionKey?: unknown;
  cookieOptions?: CookieAttributes & { prefix?: 'secure' | 'host' };
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
  const adopted = openAdopted(store, isAdoptable, 'hono', cookieName);
  const sessions = adopted ?? ownSessions(store);
  const form = encryptionKey === undefined ? ('plain' as const) : ('sealed' as const);
  const { attributes, ...named } = toNamed(cookieName, cookieOptions);
  const cookie = { ...named, prefix: '', form };
  if (sessions) addSignedCookie(cookie, undefined, sessions, { toAttributes: () => attributes });
  if (!adopted) return;
  const known = { framework: name, name: cookieName, prefix: '', form };
  // One that is a function is called by the middleware.
  const secret = typeof encryptionKey === 'string' ? encryptionKey : undefined;
  noteCookie(known, secret, cookieOptions, watchSecret(name, secret, KEY_ADVICE));
}

/** As Hono names a cookie that browsers take with some attributes only. */
function toNamed(cookieName: string, options: MiddlewareOptions['cookieOptions'] = {}) {
  const { prefix, ...attributes } = options;
  if (prefix === 'secure')
    return { name: `__Secure-${cookieName}`, attributes: { ...attributes, secure: true } };
  if (prefix === 'host') {
    const { domain: _, ...others } = attributes;
    return { name: `__Host-${cookieName}`, attributes: { ...others, path: '/', secure: true } };
  }
  return { name: cookieName, attributes };
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
