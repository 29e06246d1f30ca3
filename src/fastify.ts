import { markOwn } from './adopt/adopted.ts';
import { noteCookie } from './adopt/cookie.ts';
import { createFastifyVerbs } from './adopt/fastify.ts';
import { noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import { createPatientSigner } from './adopt/patient-signer.ts';
import { resolveSessionOptions, type CookieChoices } from './adopt/session-options.ts';
import type { StoreVerbs } from './adopt/verbs.ts';
import type { Options } from './options.ts';

export type { CookieChoices, SessionCookie } from './adopt/session-options.ts';
export type { Options } from './options.ts';

/**
 * A store for @fastify/session. An answered `set` survives the death of the process; errors of the directory or of Redis
 * reach the callback.
 *
 * @throws Error, in one sentence, if an option or the directory cannot be used
 */
export function createStore(options?: Options): StoreVerbs {
  const sessions = openSessions(options);
  const store = createFastifyVerbs(() => sessions);
  markOwn(store, sessions);
  noteStore('@fastify/session', 'named');
  return store;
}

/**
 * The options that @fastify/session needs beside its store: a secret, or what signs with the newest of several, and a
 * cookie that is `httpOnly`, `sameSite: 'lax'`, lasts as long as the session and is `secure` in production. There,
 * behind a proxy that ends TLS, the app needs `Fastify({ trustProxy: true })`. In development the secret and the name of
 * the cookie are the project's own.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices) {
  const { name, secret: secrets, rolling, cookie } = resolveSessionOptions(options);
  const known = { framework: '@fastify/session', prefix: '', form: 'signed' as const };
  noteCookie({ ...known, name: name ?? 'sessionId' }, secrets, cookie);
  const secret = secrets.length > 1 ? createPatientSigner(secrets) : secrets;
  const own = { secret, saveUninitialized: false, rolling, cookie };
  return name === undefined ? own : { cookieName: name, ...own };
}
