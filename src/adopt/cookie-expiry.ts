import type { CookieAttributes } from '../history/session-cookie.ts';
import { andThen, type Eventually } from '../session/eventually.ts';
import {
  WITH_RECORD,
  withCookieExpiry,
  type SessionData,
  type StoredSession,
} from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';

/** A session as frameworks hand it over: their class or a plain object, with the cookie's settings. */
export interface FrameworkSession {
  cookie?: unknown;
  [key: string]: unknown;
}

/**
 * Takes the expiry out of a session's cookie: it belongs to the record, where a touch can move it without writing the
 * data. The cookie comes first, which makes it cheap to compare.
 *
 * @returns `ttl` in milliseconds, or `undefined` if the cookie ends with the browser
 */
export function splitSession(session: FrameworkSession): {
  data: SessionData;
  ttl: number | undefined;
} {
  const { cookie: given, ...others } = session;
  const cookie = toPlainCookie(given);
  if (!cookie) return { data: { ...session }, ttl: undefined };
  const expires = cookie.expires ? new Date(cookie.expires as string).getTime() : Number.NaN;
  if (!Number.isFinite(expires)) return { data: { cookie, ...others }, ttl: undefined };
  const data = { cookie: { ...cookie, expires: WITH_RECORD }, ...others };
  return { data, ttl: expires - Date.now() };
}

/** Returns what the cookie of a session is set with, where the session says it itself. */
export function ofOwnCookie(session: StoredSession): CookieAttributes {
  const { originalMaxAge: _, ...attributes } = (withCookieExpiry(session).cookie ?? {}) as Record<
    string,
    unknown
  >;
  return attributes;
}

/** The sessions that stores have handed out. An app may store one again after a logout. */
const handedOut = new WeakSet<object>();

/** Returns the session as its framework's memory store would give it back. */
export function joinSession(session: StoredSession): SessionData {
  const data = withCookieExpiry(session);
  handedOut.add(data);
  return data;
}

/**
 * Stores a session of a framework. Under an id that was destroyed, a session that belongs to a request, or that a store
 * has handed out, is refused: a slow request does not undo a logout. Any other plain object is what the app itself has
 * made, and is stored under every id.
 *
 * @param lasting how long it lasts, in milliseconds; @default as long as its cookie
 */
export function storeSession(
  sessions: Sessions,
  id: string,
  session: FrameworkSession,
  lasting?: number,
): Eventually<void> {
  const { data, ttl } = splitSession(session);
  return andThen(sessions.set(id, data, lasting ?? ttl, isNew(session)), () => {});
}

function isNew(session: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(session);
  return (prototype === Object.prototype || prototype === null) && !handedOut.has(session);
}

/** As `JSON.stringify` would write it. `originalExpires` is @fastify/session's copy of `expires`. */
function toPlainCookie(cookie: unknown): Record<string, unknown> | undefined {
  if (typeof cookie !== 'object' || cookie === null) return undefined;
  const { toJSON } = cookie as { toJSON?: unknown };
  const { originalExpires: _, ...plain } = (
    typeof toJSON === 'function' ? toJSON.call(cookie) : cookie
  ) as Record<string, unknown>;
  return plain;
}
