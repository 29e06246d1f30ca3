import { andThen, type Eventually } from '../../session/eventually.ts';
import type { SessionData } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';

/** A session of hono-sessions, as it stands in its store. */
interface HonoSession {
  /** When it expires, as an ISO date; `null` when it ends with the browser. */
  _expire?: unknown;
}

/** The methods that the middleware of hono-sessions calls on a store. */
export interface HonoVerbs {
  getSessionById(id: string): Eventually<SessionData | null>;
  createSession(id: string, data: HonoSession): Eventually<void>;
  persistSessionData(id: string, data: HonoSession): Eventually<void>;
  deleteSession(id: string): Eventually<void>;
}

/**
 * The methods of a store for hono-sessions over its sessions. They answer within the call where no server is
 * asked; the middleware waits for a promise, too. `sessionsOf` finds those behind the object on which a method
 * is called.
 *
 * Only a session that is begun anew makes an id good again that was destroyed: what a slow request persists
 * does not.
 */
export function createHonoVerbs(sessionsOf: (self: object) => Sessions): HonoVerbs {
  return {
    getSessionById(id) {
      return andThen(sessionsOf(this).get(id), (session) => session?.data ?? null);
    },
    createSession(id, data) {
      return andThen(sessionsOf(this).set(id, data, toTtl(data), true), () => {});
    },
    persistSessionData(id, data) {
      return andThen(sessionsOf(this).set(id, data, toTtl(data)), () => {});
    },
    deleteSession(id) {
      return sessionsOf(this).destroy(id);
    },
  };
}

/** Milliseconds, or `undefined` when the session does not say. */
function toTtl({ _expire: expire }: HonoSession): number | undefined {
  const expires = expire ? new Date(expire as string).getTime() : Number.NaN;
  return Number.isFinite(expires) ? expires - Date.now() : undefined;
}
