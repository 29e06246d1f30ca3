import type { CookieAttributes } from '../history/session-cookie.ts';
import { andThen, type Eventually } from '../session/eventually.ts';
import type { SessionData } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { KEY_ADVICE } from '../storage/keys/secrets.ts';
import { replaceMethods } from './adopted-methods.ts';
import { adoptedStores, openAdopted } from './adopted.ts';
import { useCookie } from './cookie.ts';

/** A session of hono-sessions, as it stands in its store. */
interface HonoSession {
  /** When it expires, as an ISO date; `null` when it ends with the browser. */
  _expire?: unknown;
}

/** The methods that the middleware of hono-sessions calls on a store. */
export interface HonoVerbs {
  getSessionById(id: string): Eventually<SessionData | null>;
  createSession(id: string, data: HonoSession): Eventually<void>;
  persistSessionData(id: string, data: HonoSession): Eventually<void>;
  deleteSession(id: string): Eventually<void>;
}

/**
 * Makes the methods of a store for hono-sessions over its sessions. They answer within the call unless a server is
 * asked; the middleware waits for a promise, too. `createSession` makes an id good again that was destroyed; what a slow
 * request persists does not.
 *
 * @param sessionsOf finds the sessions behind the object on which a method is called
 */
export function createHonoVerbs(sessionsOf: (store: object) => Sessions): HonoVerbs {
  return {
    getSessionById(id) {
      return andThen(sessionsOf(this).get(id), (session) => session?.data ?? null);
    },
    createSession(id, data) {
      return andThen(sessionsOf(this).set(id, data, toTtl(data), true), () => {});
    },
    persistSessionData(id, data) {
      return andThen(sessionsOf(this).set(id, data, toTtl(data)), () => {});
    },
    deleteSession(id) {
      return sessionsOf(this).destroy(id);
    },
  };
}

/** Milliseconds, or `undefined` when the session does not say. */
function toTtl({ _expire: expire }: HonoSession): number | undefined {
  const expires = expire ? new Date(expire as string).getTime() : Number.NaN;
  return Number.isFinite(expires) ? expires - Date.now() : undefined;
}

/** Adopts the MemoryStore of hono-sessions. */
export function adoptMemoryStore(exported: unknown): undefined {
  if (typeof exported === 'function')
    replaceMethods(
      exported,
      createHonoVerbs((store) => adoptedStores.of(store, 'hono')),
    );
}

interface MiddlewareOptions {
  store?: object;
  sessionCookieName?: string;
  encryptionKey?: unknown;
  cookieOptions?: CookieAttributes & { prefix?: 'secure' | 'host' };
}

type SessionMiddleware = (options?: MiddlewareOptions) => unknown;

/** Adopts the stores that the middleware of hono-sessions gets, by the names of their cookies. */
export function adoptMiddleware(exported: unknown): unknown {
  if (typeof exported !== 'function') return undefined;
  return new Proxy(exported as SessionMiddleware, {
    apply(target, self, words: [MiddlewareOptions?]) {
      const [options] = words;
      if (typeof options?.store === 'object') adoptStore(options);
      return Reflect.apply(target, self, words);
    },
  });
}

function adoptStore(options: MiddlewareOptions): void {
  const { store, sessionCookieName, encryptionKey, cookieOptions } = options;
  const cookieName = sessionCookieName || 'session';
  const sessions = openAdopted(store as object, 'hono', cookieName);
  const form = encryptionKey === undefined ? ('plain' as const) : ('sealed' as const);
  const { name, attributes } = toNamed(cookieName, cookieOptions);
  const cookie = { framework: 'hono-sessions', name, prefix: '', form };
  // A key that is a function is called by the middleware.
  const secret = typeof encryptionKey === 'string' ? encryptionKey : undefined;
  const given = { store, secret, cookie: cookieOptions };
  useCookie(cookie, given, sessions, KEY_ADVICE, () => attributes);
}

/** Returns a cookie as Hono names it, where browsers take it with some attributes only. */
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
