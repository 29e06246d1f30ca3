import type { Store } from 'hono-sessions';
import { markOwn } from './adopt/adopted.ts';
import { noteCookie } from './adopt/cookie.ts';
import { createHonoVerbs } from './adopt/hono.ts';
import { noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import { resolveSessionOptions, type CookieChoices } from './adopt/session-options.ts';
import type { Options } from './options.ts';

export type { CookieChoices } from './adopt/session-options.ts';
export type { Options } from './options.ts';

/** Hono sets no cookie that lasts longer, as the standard asks: 400 days. */
const LONGEST_COOKIE_SECONDS = 400 * 24 * 60 * 60;

/**
 * A store for hono-sessions. An answered call survives the death of the process; errors of the directory or of Redis
 * reach the middleware, and the app's `onError`. What a slow request persists after a logout is refused.
 *
 * @throws Error, in one sentence, if an option or the directory cannot be used
 */
export function createStore(options?: Options): Store {
  const sessions = openSessions(options);
  const store = createHonoVerbs(() => sessions);
  markOwn(store, sessions);
  noteStore('hono-sessions', 'named');
  return store as Store;
}

/**
 * The options that hono-sessions needs beside its store: a key, and a cookie that is `httpOnly`, `sameSite: 'Lax'`, lasts
 * as long as the session (at most 400 days) and is `secure` in production. In development the key and the name of the
 * cookie are the project's own. hono-sessions has one key: of several in SESSION_SECRET it gets the newest, so a new one
 * logs everybody out.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices) {
  const { name, secret, rolling, lifetime, cookie } = resolveSessionOptions(options);
  const [encryptionKey = ''] = secret;
  const known = { framework: 'hono-sessions', prefix: '', form: 'sealed' as const };
  noteCookie({ ...known, name: name ?? 'session' }, encryptionKey, cookie);
  const { httpOnly, secure, maxAge = 0 } = cookie;
  const seconds = Math.min(Math.ceil(maxAge / 1000), LONGEST_COOKIE_SECONDS);
  const ofCookie = { httpOnly, sameSite: 'Lax' as const, secure };
  return {
    ...(name !== undefined && { sessionCookieName: name }),
    encryptionKey,
    expireAfterSeconds: lifetime / 1000,
    autoExtendExpiration: rolling,
    cookieOptions: seconds > 0 ? { ...ofCookie, maxAge: seconds } : ofCookie,
  };
}
