import { markOwn } from './adopt/adopted.ts';
import { answerWithin } from './adopt/callback.ts';
import { noteCookie, noteStore } from './adopt/notes.ts';
import { createVerbs, type StoreVerbs } from './adopt/verbs.ts';
import { openSessions } from './adopt/open-sessions.ts';
import { createPatientSigner, type CookieSigner } from './adopt/fastify/patient-signer.ts';
import {
  resolveSessionOptions,
  type CookieChoices,
  type SessionCookie,
} from './adopt/cookies/session-options.ts';
import type { Options } from './options.ts';

export type { CookieChoices, SessionCookie } from './adopt/cookies/session-options.ts';
export type { Options } from './options.ts';

/** What `sessionOptions()` answers of @fastify/session's options. */
export interface FastifySessionOptions {
  /** In development the project's own; in production @fastify/session's `sessionId`. */
  cookieName?: string;
  /** One, or what signs with the newest of several and takes what any of them has signed. */
  secret: string[] | CookieSigner;
  saveUninitialized: false;
  rolling: boolean;
  cookie: SessionCookie;
}

/**
 * A store for @fastify/session that keeps sessions where the options and the environment say. An
 * answered `set` survives the death of the process; errors of the directory or of Redis reach the
 * callback.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createStore(options?: Options): StoreVerbs {
  const sessions = openSessions(options);
  const store = createVerbs(() => sessions, answerWithin);
  markOwn(store, sessions);
  noteStore('@fastify/session', 'named');
  return store;
}

/**
 * The options that @fastify/session needs beside its store: a secret, and a cookie that is `httpOnly`,
 * `sameSite: 'lax'`, lasts as long as the session and is `secure` in production. There, behind a proxy
 * that ends TLS, the app needs `Fastify({ trustProxy: true })`: @fastify/session sets no such cookie on
 * what it takes for plain HTTP.
 *
 * In development the secret comes from the project's own key and is the same at every start, and the
 * cookie has a name of the project's own.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices): FastifySessionOptions {
  const { name, secret, rolling, cookie } = resolveSessionOptions(options);
  const known = {
    framework: '@fastify/session',
    name: name ?? 'sessionId',
    prefix: '',
    form: 'signed' as const,
  };
  noteCookie(known, secret, cookie);
  return {
    ...(name !== undefined && { cookieName: name }),
    secret: secret.length > 1 ? createPatientSigner(secret) : secret,
    saveUninitialized: false,
    rolling,
    cookie,
  };
}
