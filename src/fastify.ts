import { createVerbs, type StoreVerbs } from './adopt/verbs.ts';
import { openSessionStore } from './adopt/open-session-store.ts';
import { resolveSessionOptions } from './adopt/session-options.ts';
import type { Options } from './options.ts';

export type { Options } from './options.ts';

/** What `sessionOptions()` answers of @fastify/session's options. */
export interface FastifySessionOptions {
  secret: string[];
  saveUninitialized: false;
  cookie: { httpOnly: true; sameSite: 'lax'; secure: boolean; maxAge: number };
}

/**
 * A store for @fastify/session that keeps sessions in the session directory. An answered `set`
 * survives the death of the process; errors of the directory reach the callback.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createStore(options?: Options): StoreVerbs {
  const sessions = openSessionStore(options);
  return createVerbs(() => sessions);
}

/**
 * The options that @fastify/session needs beside its store: a secret, and a cookie that is `httpOnly`,
 * `sameSite: 'lax'`, lasts as long as the session and is `secure` in production.
 *
 * In development the secret comes from the project's own key and is the same at every start.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: Options): FastifySessionOptions {
  const { secret, secure, lifetime } = resolveSessionOptions(options);
  return {
    secret,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure, maxAge: lifetime },
  };
}
