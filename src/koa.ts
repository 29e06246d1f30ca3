import type { CreateSessionOptions } from 'koa-session';
import { markOwn } from './adopt/adopted.ts';
import { createKoaVerbs } from './adopt/koa-verbs.ts';
import { resolveSessionOptions, type CookieChoices } from './adopt/session-options.ts';
import { noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import type { Options } from './options.ts';

export type { CookieChoices } from './adopt/session-options.ts';
export type { Options } from './options.ts';

/** What koa-session takes as `store`. */
export type KoaSessionStore = NonNullable<CreateSessionOptions['store']>;

/**
 * A store for koa-session, and for koa-generic-session. An answered `set` survives the death of the process; errors
 * of the directory or of Redis reach the app as those of the middleware. What a request stores after a logout is
 * refused.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createStore(options?: Options): KoaSessionStore {
  const sessions = openSessions(options);
  const { get, set, destroy } = createKoaVerbs(sessions);
  const store: KoaSessionStore = {
    get: async (id, maxAge, told) => get(id, maxAge, told),
    set: async (id, session, maxAge, told) => set(id, session, maxAge, told),
    destroy: async (id) => destroy(id),
  };
  markOwn(store, sessions);
  noteStore('koa-session', 'named');
  return store;
}

/**
 * The cookie of koa-session: `httpOnly`, `sameSite: 'lax'`, as old as the session, and `secure` in production. There,
 * behind a proxy that ends TLS, the app needs `app.proxy = true`: Koa refuses to set such a cookie over plain HTTP.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices) {
  const { name, rolling, cookie } = resolveSessionOptions(options);
  const maxAge: number | 'session' = cookie.maxAge ?? 'session';
  return { ...(name && { key: name }), ...cookie, maxAge, rolling };
}

/** What `app.keys` needs to be: the secrets that sign cookies, newest first. Throws as `sessionOptions()` does. */
export function sessionKeys(options?: Options): string[] {
  return resolveSessionOptions(options).secret;
}
