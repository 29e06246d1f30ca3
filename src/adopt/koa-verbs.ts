import { andThen, type Eventually } from '../session/eventually.ts';
import { toJson, type SessionData, type StoredSession } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';

/** What koa-session tells a store beside the session. Other middleware tells nothing. */
interface Told {
  /** The Koa context of the request: the same object in all calls for one request. */
  ctx?: object;
}

/** The methods that koa-session calls on a store. Times are in milliseconds. */
export interface KoaVerbs {
  get(id: string, maxAge?: unknown, told?: Told): Eventually<SessionData | undefined>;
  set(id: string, session: SessionData, ttl?: unknown, told?: Told): Eventually<void>;
  destroy(id: string): Eventually<void>;
}

/**
 * Makes the methods of a store for Koa over its sessions.
 *
 * Koa stores a session that has not changed again to extend it. That only moves the expiry, so a slow request does
 * not undo what a faster one has stored. After a logout a request cannot store the session that it has read; a
 * session that the request has begun itself is stored under any id.
 */
export function createKoaVerbs(sessions: Sessions): KoaVerbs {
  /** By request, the id and the text that it has read or stored. */
  const known = new WeakMap<object, { id: string; text: string }>();
  return {
    get: (id, ...[, { ctx } = {}]) =>
      andThen(sessions.get(id), (found) => {
        if (found && ctx) known.set(ctx, { id, text: toJson(found.data) });
        return found && withExpiry(found);
      }),
    set(id, { _expire: expires, ...data }, ...[ttl, { ctx } = {}]) {
      const before = ctx && known.get(ctx);
      const isKnown = before?.id === id;
      const text = toJson(data);
      const lasting = toTtl(expires, ttl);
      if (isKnown && before.text === text) return sessions.touch(id, lasting);
      if (ctx) known.set(ctx, { id, text });
      return andThen(sessions.set(id, data, lasting, ctx !== undefined && !isKnown), () => {});
    },
    destroy: (id) => sessions.destroy(id),
  };
}

/** koa-session gives a ttl ten seconds longer than `_expire`, the expiry that it writes into the session. */
function toTtl(expires: unknown, ttl: unknown): number | undefined {
  if (typeof expires === 'number') return expires - Date.now();
  return typeof ttl === 'number' && Number.isFinite(ttl) ? ttl : undefined;
}

/** The expiry is stored with the record, where a touch moves it. */
function withExpiry({ data, expires }: StoredSession): SessionData {
  return typeof data._maxAge === 'number' ? { ...data, _expire: expires } : data;
}
