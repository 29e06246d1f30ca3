import type { Store } from 'express-session';
import { markOwn } from './adopt/adopted.ts';
import { noteCookie } from './adopt/cookie.ts';
import { hearGenerated } from './adopt/express.ts';
import { noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import { warnOfPlainHttp } from './adopt/plain-http.ts';
import { resolveSessionOptions, type CookieChoices } from './adopt/session-options.ts';
import { answerLater, createVerbs } from './adopt/verbs.ts';
import { isProductionEnvironment, type Options } from './options.ts';
import { findProjectRoot } from './options/project.ts';
import { requirePeer } from './storage/peer.ts';

export type { CookieChoices, SessionCookie } from './adopt/session-options.ts';
export type { Options } from './options.ts';

/**
 * A store for express-session, an instance of its own `Store`. An answered `set` survives the death of the process;
 * errors of the directory or of Redis reach the callback.
 *
 * @throws Error, in one sentence, if express-session is not installed, or an option or the directory cannot be used
 */
export function createStore(options?: Options): Store {
  const peer = requirePeer('express-session', findProjectRoot(process.argv[1]));
  const { Store: BaseStore } = peer as { Store: new () => object };
  const sessions = openSessions(options);
  class HoldoverStore extends BaseStore {}
  Object.assign(
    HoldoverStore.prototype,
    createVerbs(() => sessions, answerLater),
  );
  const store = new HoldoverStore();
  markOwn(store, sessions);
  hearGenerated(store, sessions, isProductionEnvironment() ? warnOfPlainHttp : undefined);
  noteStore('express-session', 'named');
  return store as Store;
}

/**
 * The options that express-session needs beside its store: a secret, and a cookie that is `httpOnly`, `sameSite: 'lax'`,
 * lasts as long as the session and is `secure` in production. There, behind a proxy that ends TLS, the app needs
 * `app.set('trust proxy', 1)`. In development the secret and the name of the cookie are the project's own.
 *
 * @throws Error in production without a SESSION_SECRET of 32 characters or more
 */
export function sessionOptions(options?: CookieChoices) {
  const { name, secret, rolling, cookie } = resolveSessionOptions(options);
  const known = { framework: 'express-session', prefix: 's:', form: 'signed' as const };
  noteCookie({ ...known, name: name ?? 'connect.sid' }, secret, cookie);
  const own = { secret, resave: false, saveUninitialized: false, rolling, cookie };
  return name === undefined ? own : { name, ...own };
}
