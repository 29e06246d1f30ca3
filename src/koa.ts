import type { CreateSessionOptions } from 'koa-session';
import { markOwn } from './adopt/adopted.ts';
import { createKoaVerbs } from './adopt/koa/verbs.ts';
import { noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import {
  resolveSessionOptions,
  type CookieChoices,
  type SessionCookie,
} from './adopt/cookies/session-options.ts';
import type { Options } from './options.ts';

export type { CookieChoices } from './adopt/cookies/session-options.ts';
export type { Options } from './options.ts';

/** What koa-session takes as `store`. */
export type KoaSessionStore = NonNullable<CreateSessionOptions['store']>;

/** What `sessionOptions()` answers of koa-session's options. */
export interface KoaSessionOptions extends Omit<SessionCookie, 'maxAge'> {
  /** The name of the cookie: in development the project's own; in production koa-session's `koa.sess`. */
  key?: string;
  /** Milliseconds, or `session` for a cookie that ends with the browser. */
  maxAge: number | 'session';
  rolling: boolean;
}

/**
 * A store for koa-session that keeps sessions where the options and the environment say; koa-generic-session
 * takes it, too. An answered `set` survives the death of the process; errors of the directory or of Redis
 * reach the app as those of the middleware. A request that stores what it has read moves the expiry only, and
 * what it stores after a logout is refused.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createStore(options?: Options): KoaSessionStore {
  const sessions = openSessions(options);
  const verbs = createKoaVerbs(() => sessions);
  const store: KoaSessionStore = {
    get: async (key, maxAge, told) => verbs.get(key, maxAge, told),
    set: async (key, session, maxAge, told) => verbs.set(key, session, maxAge, told),
    destroy: async (key, told) => verbs.destroy(key, told),
  };
  markOwn(store, sessions);
  noteStore('koa-session', 'named');
  return store;
}

/**
 * The options that koa-session needs beside its store: a cookie that is `httpOnly`, `sameSite: 'lax'`, lasts
 * as long as the session and is `secure` in production. There, behind a proxy that ends TLS, the app needs
 * `app.proxy = true`: Koa refuses to set such a cookie on what it takes for plain HTTP.
 *
 * In development the cookie has a name of the project's own.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices): KoaSessionOptions {
  const { name, rolling, cookie } = resolveSessionOptions(options);
  const { maxAge = 'session', ...settings } = cookie;
  return { ...(name !== undefined && { key: name }), ...settings, maxAge, rolling };
}

/**
 * What `app.keys` needs to be: the secrets that sign cookies, newest first. In development that is the
 * project's own, and the same at every start; in production it is SESSION_SECRET.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionKeys(options?: Options): string[] {
  return resolveSessionOptions(options).secret;
}
