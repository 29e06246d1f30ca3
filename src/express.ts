import type { Store } from 'express-session';
import { markOwn } from './adopt/adopted.ts';
import { createExpressVerbs, hearGenerated } from './adopt/express/verbs.ts';
import { warnOfPlainHttp } from './adopt/express/plain-http.ts';
import { noteCookie, noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import {
  resolveSessionOptions,
  type CookieChoices,
  type SessionCookie,
} from './adopt/cookies/session-options.ts';
import { isProductionEnvironment, type Options } from './options.ts';
import { findProjectRoot } from './options/project.ts';
import { requirePeer } from './storage/peer.ts';

export type { CookieChoices, SessionCookie } from './adopt/cookies/session-options.ts';
export type { Options } from './options.ts';

/** What `sessionOptions()` answers of express-session's options. */
export interface ExpressSessionOptions {
  /** In development the project's own; in production express-session's `connect.sid`. */
  name?: string;
  secret: string[];
  resave: false;
  saveUninitialized: false;
  rolling: boolean;
  cookie: SessionCookie;
}

/**
 * A store for express-session that keeps sessions where the options and the environment say: an
 * instance of express-session's own `Store`. An answered `set` survives the death of the process; errors
 * of the directory or of Redis reach the callback.
 *
 * @throws Error, in one sentence, when express-session is not installed, or an option or the
 * directory cannot be used
 */
export function createStore(options?: Options): Store {
  const { Store: BaseStore } = requirePeer('express-session', findProjectRoot(process.argv[1])) as {
    Store: new () => Store;
  };
  const sessions = openSessions(options);
  class HoldoverStore extends (BaseStore as new () => object) {}
  Object.assign(
    HoldoverStore.prototype,
    createExpressVerbs(() => sessions),
  );
  const store = new HoldoverStore() as Store;
  markOwn(store, sessions);
  hearGenerated(store, sessions, isProductionEnvironment() ? warnOfPlainHttp : undefined);
  noteStore('express-session', 'named');
  return store;
}

/**
 * The options that express-session needs beside its store: a secret, and a cookie that is `httpOnly`,
 * `sameSite: 'lax'`, lasts as long as the session and is `secure` in production. There, behind a proxy
 * that ends TLS, the app needs `app.set('trust proxy', 1)`: express-session sets no such cookie on what
 * it takes for plain HTTP.
 *
 * In development the secret comes from the project's own key and is the same at every start, and the
 * cookie has a name of the project's own.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices): ExpressSessionOptions {
  const { name, secret, rolling, cookie } = resolveSessionOptions(options);
  const known = {
    framework: 'express-session',
    name: name ?? 'connect.sid',
    prefix: 's:',
    form: 'signed' as const,
  };
  noteCookie(known, secret, cookie);
  return {
    ...(name !== undefined && { name }),
    secret,
    resave: false,
    saveUninitialized: false,
    rolling,
    cookie,
  };
}
