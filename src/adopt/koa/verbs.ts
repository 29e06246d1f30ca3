import { andThen, type Eventually } from '../../session/eventually.ts';
import { toJson, type SessionData, type StoredSession } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';

/** What koa-session tells a store beside the session; koa-generic-session tells nothing. */
interface Told {
  /** The request, or its Koa context: the same object in all calls for it. */
  ctx?: object;
}

/** The methods that koa-session and koa-generic-session call on a store. Times are in milliseconds. */
export interface KoaVerbs {
  get(key: string, maxAge?: unknown, told?: Told): Eventually<SessionData | undefined>;
  set(key: string, session: SessionData, ttl?: unknown, told?: Told): Eventually<void>;
  destroy(key: string, told?: Told): Eventually<void>;
}

/** What a request has read or stored. */
interface Known {
  id: string;
  /** `undefined` while it is being stored. */
  text?: string;
}

/** What koa-generic-session puts before ids where the app does not say. */
export const PREFIX = 'koa:sess:';

/**
 * The methods of a store for Koa over its sessions. They answer within the call where no server is asked.
 *
 * Koa stores a session that has not changed again to extend it. That moves the expiry only, so that a slow
 * request does not undo what a faster one has stored. What a request has read is not stored after a logout;
 * a session that it has begun itself is, under any id.
 *
 * @param sessionsOf finds the sessions behind the object on which a method is called
 * @param prefixOf what stands before its ids
 */
export function createKoaVerbs(
  sessionsOf: (self: object) => Sessions,
  prefixOf: (self: object) => string = () => PREFIX,
): KoaVerbs {
  /** By the request, or by the session that it was given. */
  const known = new WeakMap<object, Known>();
  return {
    get(key, ...[, { ctx } = {}]) {
      const id = toId(key, prefixOf(this));
      return andThen(sessionsOf(this).get(id), (session) => {
        if (!session) return undefined;
        known.set(ctx ?? session.data, { id, text: toJson(session.data) });
        return ctx ? withExpiry(session) : session.data;
      });
    },
    set(key, session, ...[ttl, { ctx } = {}]) {
      const id = toId(key, prefixOf(this));
      const owner = ctx ?? session;
      const before = known.get(owner);
      const isKnown = before?.id === id;
      const data = ctx ? withoutExpiry(session) : session;
      const text = toJson(data);
      const lasting = toTtl(ctx ? session : {}, ttl);
      if (isKnown && before.text === text) return sessionsOf(this).touch(id, lasting);
      const isOwners = isKnown || ctx !== undefined;
      if (isOwners) known.set(owner, { id });
      return andThen(sessionsOf(this).set(id, data, lasting, !isKnown), () => {
        if (isOwners) known.set(owner, { id, text });
      });
    },
    destroy(key, ...[{ ctx } = {}]) {
      if (ctx) known.delete(ctx);
      return sessionsOf(this).destroy(toId(key, prefixOf(this)));
    },
  };
}

/** Ids are as they are in cookies. What has another prefix, or none, is no other session's. */
function toId(key: string, prefix: string): string {
  const isPlain = key.startsWith(prefix) && key[prefix.length] !== '\n';
  return isPlain ? key.slice(prefix.length) : `\n${key}`;
}

/** The key of a session, by its id: what koa-session has in its cookie. */
export function toKey(id: string): string {
  return id.startsWith('\n') ? id.slice(1) : PREFIX + id;
}

/**
 * What koa-session says is ten seconds more than its session says of itself. Where nothing is said, a session
 * lasts as long as the sessions of holdover do.
 */
function toTtl({ _expire: expires }: SessionData, ttl: unknown): number | undefined {
  if (typeof expires === 'number') return expires - Date.now();
  return typeof ttl === 'number' && Number.isFinite(ttl) ? ttl : undefined;
}

/** The expiry that koa-session writes into a session goes with the record, where a touch moves it. */
function withoutExpiry(session: SessionData): SessionData {
  const { _expire: _, ...data } = session;
  return data;
}

function withExpiry({ data, expires }: StoredSession): SessionData {
  return typeof data._maxAge === 'number' ? { ...data, _expire: expires } : data;
}
