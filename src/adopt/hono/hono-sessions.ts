import { createDebug } from 'obug';
import { andThen, type Eventually } from '../../session/eventually.ts';
import type { SessionData } from '../../session/record.ts';
import { replaceMethods } from '../adopted-methods.ts';
import { adoptedStores } from '../adopted.ts';
import type { ModuleVisit } from '../module-hook.ts';
import { noteStore } from '../notes.ts';

const debug = createDebug('holdover:adopt');

/** A session of hono-sessions, as it stands in its memory store. */
interface HonoSession extends SessionData {
  /** When it expires, as an ISO date; `null` when it ends with the browser. */
  _expire?: unknown;
}

/** What hono-sessions exports. */
export interface HonoSessionsModule {
  MemoryStore?: new () => object;
}

/** Adopts the MemoryStore of hono-sessions, in every copy that the app loads, of both its builds. */
export const honoSessions: ModuleVisit = {
  name: 'hono-sessions',
  file: /[\\/]hono-sessions[\\/](esm|script)[\\/]src[\\/]store[\\/]MemoryStore\.js$/,
  exported: 'MemoryStore',
  visit: (exported, file) =>
    adoptHonoSessions({ MemoryStore: exported } as HonoSessionsModule, file),
};

/**
 * Adopts the MemoryStore that a copy of hono-sessions exports. It answers within the call as that does,
 * where no server is asked; the middleware waits for a promise, too.
 *
 * Only a session that is begun anew makes an id good again that was destroyed: what a slow request persists
 * does not.
 *
 * The middleware says nothing to the store of the cookie's name: the stores of one app have one namespace.
 */
export function adoptHonoSessions({ MemoryStore }: HonoSessionsModule, from: string): void {
  if (typeof MemoryStore !== 'function') {
    debug('%s has no MemoryStore: left alone', from);
    return;
  }
  const sessionsOf = (self: object) => adoptedStores.of(self, 'hono');
  replaceMethods(MemoryStore, {
    getSessionById(this: object, id: string): Eventually<SessionData | null> {
      return andThen(sessionsOf(this).get(id), (session) => session?.data ?? null);
    },
    createSession(this: object, id: string, data: HonoSession): Eventually<void> {
      return andThen(sessionsOf(this).set(id, data, toTtl(data), true), () => {});
    },
    persistSessionData(this: object, id: string, data: HonoSession): Eventually<void> {
      return andThen(sessionsOf(this).set(id, data, toTtl(data)), () => {});
    },
    deleteSession(this: object, id: string): Eventually<void> {
      return sessionsOf(this).destroy(id);
    },
  });
  noteStore('hono-sessions', 'adopted');
  debug('adopted the MemoryStore of %s', from);
}

/** Milliseconds, or `undefined` when the session does not say. */
function toTtl({ _expire: expire }: HonoSession): number | undefined {
  const expires = expire ? new Date(expire as string).getTime() : Number.NaN;
  return Number.isFinite(expires) ? expires - Date.now() : undefined;
}
