import {
  WITH_RECORD,
  withCookieExpiry,
  type SessionData,
  type StoredSession,
} from '../../session/record.ts';
import type { CookieAttributes } from '../../history/session-cookie.ts';
import { andThen, type Eventually } from '../../session/eventually.ts';
import type { Sessions } from '../../session/sessions.ts';

/** A session as frameworks hand it over: their class or a plain object, with the cookie's settings. */
export interface FrameworkSession {
  cookie?: unknown;
  [key: string]: unknown;
}

/** A session split into what is stored and how long. */
interface SplitSession {
  data: SessionData;
  /** Milliseconds, or `undefined` when the cookie does not say (it ends with the browser). */
  ttl: number | undefined;
}

/**
 * Takes the expiry out of a session's cookie: it belongs to the record, where a touch can move it
 * without writing the data. The cookie comes first, which makes it cheap to compare.
 */
export function splitSession(session: FrameworkSession): SplitSession {
  const { cookie: given, ...rest } = session;
  const cookie = toPlainCookie(given);
  if (!cookie) return { data: { ...session }, ttl: undefined };
  const expires = cookie.expires ? new Date(cookie.expires as string).getTime() : Number.NaN;
  const isTimed = Number.isFinite(expires);
  return {
    data: { cookie: isTimed ? { ...cookie, expires: WITH_RECORD } : cookie, ...rest },
    ttl: isTimed ? expires - Date.now() : undefined,
  };
}

/** What the cookie of a session is set with, where the session says it itself. */
export function ofOwnCookie(session: StoredSession): CookieAttributes {
  const { originalMaxAge: _, ...attributes } = (withCookieExpiry(session).cookie ?? {}) as Record<
    string,
    unknown
  >;
  return attributes;
}

/** What stores have handed out: whoever stores it again may have had it since before a logout. */
const handedOut = new WeakSet<object>();

/** The session as its framework's memory store would give it back. */
export function joinSession(session: StoredSession): SessionData {
  const data = withCookieExpiry(session);
  noteHandedOut(data);
  return data;
}

/** The same, before it returns; `undefined` when there is none, and where sessions are on a server. */
export function readNow(sessions: Sessions, id: string): SessionData | undefined {
  const found = sessions.isRemote ? undefined : sessions.find(id);
  return !found || found instanceof Promise ? undefined : joinSession(found);
}

/** Remembers that an app has got a session from its store. */
export function noteHandedOut(session: unknown): void {
  handedOut.add(session as object);
}

/**
 * Stores a session of a framework. One that belongs to a request, or that a store has handed out, is not
 * stored when its id was destroyed: who was slow does not undo a logout. Any other plain object is what
 * the app itself has made, and is stored under every id.
 */
export function storeSession(
  sessions: Sessions,
  id: string,
  session: FrameworkSession,
): Eventually<void> {
  const { data, ttl } = splitSession(session);
  return andThen(sessions.set(id, data, ttl, isNew(session)), () => {});
}

/** Whether a session is what the app itself has made, and no store has handed out. */
export function isNew(session: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(session);
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain && !handedOut.has(session);
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
