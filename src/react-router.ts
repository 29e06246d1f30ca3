import { randomBytes } from 'node:crypto';
import type { Cookie, SessionData, SessionIdStorageStrategy, SessionStorage } from 'react-router';
import { noteStore } from './adopt/notes.ts';
import { openSessions } from './adopt/open-sessions.ts';
import { resolveSessionOptions, type CookieChoices } from './adopt/session-options.ts';
import type { Options } from './options.ts';
import { findProjectRoot } from './options/project.ts';
import { requirePeer } from './storage/peer.ts';

export type { Options } from './options.ts';

type GivenCookie = SessionIdStorageStrategy['cookie'];

/** What can be said about a session storage, beside where sessions are kept. */
export interface SessionStorageOptions extends Options, Pick<CookieChoices, 'permanent'> {
  /**
   * The cookie, as React Router takes it: one that `createCookie()` has made is used as it is, and of
   * settings those that are not named have their defaults. `maxAge` is in seconds, as in React Router.
   * @default signed, `httpOnly`, `sameSite: 'lax'`, `secure` in production, and as old as the session
   */
  cookie?: GivenCookie;
}

/**
 * A session storage for React Router with only an id in the cookie: its own `createSessionStorage()`. What
 * `commitSession` has stored survives the death of the process; errors of the directory or of Redis reject. In
 * development the secret and the name of the cookie are the project's own. A session that was destroyed stays so: what a
 * slow request commits afterwards is not stored, and the next commit gives another id.
 *
 * @throws Error, in one sentence, when React Router is not installed, an option or the directory cannot be
 * used, and in production without a SESSION_SECRET of 32 characters or more, or secrets of the cookie's own
 */
export function createSessionStorage<Data = SessionData, FlashData = Data>(
  options: SessionStorageOptions = {},
): SessionStorage<Data, FlashData> {
  type Strategy = SessionIdStorageStrategy<Data, FlashData>;
  type Stored = Awaited<ReturnType<Strategy['readData']>>;

  // The app's own React Router: it has peers, so holdover has none of it.
  const root = findProjectRoot(process.argv[1]);
  const { isCookie, ...router } = requirePeer(
    'react-router',
    root,
  ) as typeof import('react-router');
  const { cookie: given, ...choices } = options;
  const cookie = isCookie(given) ? given : toCookie(given, choices);
  const sessions = openSessions(options);
  noteStore('react-router', 'named');
  const storage = router.createSessionStorage<Data, FlashData>({
    cookie,
    async createData(data, expires) {
      const id = randomBytes(32).toString('base64url');
      await sessions.set(id, data, toTtl(expires));
      return id;
    },
    async readData(id) {
      const stored = isText(id) ? await sessions.get(id) : undefined;
      return (stored?.data ?? null) as Stored;
    },
    async updateData(id, data, expires) {
      await sessions.set(id, data, toTtl(expires));
    },
    async deleteData(id) {
      if (id !== '') await sessions.destroy(id);
    },
  });
  return {
    ...storage,
    async getSession(header, parsing) {
      const session = await storage.getSession(header, parsing);
      if (session.id === '' || Object.keys(session.data).length > 0) return session;
      // It is empty or gone. What is gone would refuse the next login, if that had the same id.
      const isThere = isText(session.id) && (await sessions.find(session.id)) !== undefined;
      return isThere ? session : router.createSession<Data, FlashData>();
    },
  };
}

/** Settings for a cookie: those of the app, and the defaults for the rest. */
function toCookie(
  given: Exclude<GivenCookie, Cookie> | undefined,
  choices: CookieChoices,
): GivenCookie {
  const { name, secret, cookie: defaults } = resolveSessionOptions(choices, given?.secrets);
  const { maxAge, ...others } = defaults;
  return {
    ...others,
    ...(maxAge !== undefined && { maxAge: Math.ceil(maxAge / 1000) }),
    path: '/',
    ...(name !== undefined && { name }),
    ...given,
    secrets: secret,
  };
}

/** How long until a moment, in milliseconds; `undefined` for a cookie that ends with the browser. */
function toTtl(expires: Date | undefined): number | undefined {
  return expires && expires.getTime() - Date.now();
}

/** A cookie that is not signed may hold anything. */
function isText(id: unknown): id is string {
  return typeof id === 'string';
}
