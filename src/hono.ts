import type { Store } from 'hono-sessions';
import { markOwn } from './adopt/adopted.ts';
import { createHonoVerbs } from './adopt/hono/verbs.ts';
import { noteCookie, noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import { resolveSessionOptions, type CookieChoices } from './adopt/cookies/session-options.ts';
import type { Options } from './options.ts';

export type { CookieChoices } from './adopt/cookies/session-options.ts';
export type { Options } from './options.ts';

/** What `sessionOptions()` answers of hono-sessions' options. */
export interface HonoSessionOptions {
  /** In development the project's own; in production hono-sessions' `session`. */
  sessionCookieName?: string;
  encryptionKey: string;
  expireAfterSeconds: number;
  /** Whether each request extends the session. */
  autoExtendExpiration: boolean;
  cookieOptions: {
    httpOnly: true;
    sameSite: 'Lax';
    /** Whether browsers send it over HTTPS only. */
    secure: boolean;
    /** Seconds; none for a cookie that ends with the browser. */
    maxAge?: number;
  };
}

/** Hono sets no cookie that lasts longer, as the standard asks: 400 days, in seconds. */
const LONGEST_COOKIE = 400 * 24 * 60 * 60;

/**
 * A store for hono-sessions that keeps sessions where the options and the environment say. An answered call
 * survives the death of the process; errors of the directory or of Redis reach the middleware, and the app's
 * `onError`. A session that was deleted stays so: a slow request that persists afterwards does not bring it
 * back, and `session_key_rotation` gives it another id.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createStore(options?: Options): Store {
  const sessions = openSessions(options);
  const store = createHonoVerbs(() => sessions);
  markOwn(store, sessions);
  noteStore('hono-sessions', 'named');
  return store as Store;
}

/**
 * The options that hono-sessions needs beside its store: a key, and a cookie that is `httpOnly`,
 * `sameSite: 'Lax'`, lasts as long as the session (at most 400 days) and is `secure` in production.
 *
 * In development the key comes from the project's own and is the same at every start, and the cookie has a name
 * of the project's own. hono-sessions has one key to open cookies with: of several in SESSION_SECRET it gets the
 * newest, and a new one logs everybody out.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices): HonoSessionOptions {
  const { name, secret, rolling, lifetime, cookie } = resolveSessionOptions(options);
  const [encryptionKey = ''] = secret;
  const known = {
    framework: 'hono-sessions',
    name: name ?? 'session',
    prefix: '',
    form: 'sealed' as const,
  };
  noteCookie(known, encryptionKey, cookie);
  const { httpOnly, secure, maxAge } = cookie;
  const seconds = maxAge && Math.min(Math.ceil(maxAge / 1000), LONGEST_COOKIE);
  return {
    ...(name !== undefined && { sessionCookieName: name }),
    encryptionKey,
    expireAfterSeconds: lifetime / 1000,
    autoExtendExpiration: rolling,
    cookieOptions: {
      httpOnly,
      sameSite: 'Lax',
      secure,
      ...(seconds !== undefined && { maxAge: seconds }),
    },
  };
}
