import { createDebug } from 'obug';
import type { SessionData } from '../session/record.ts';
import { replaceMethods } from './adopted-methods.ts';
import { adoptedStores } from './adopted.ts';
import { noteStore } from './notes.ts';

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

/**
 * Adopts the MemoryStore that a copy of hono-sessions exports. Its middleware waits for what the store
 * answers, so that a promise does.
 *
 * Its middleware says nothing to the store of the cookie's name: the stores of one app have one
 * namespace.
 */
export function adoptHonoSessions({ MemoryStore }: HonoSessionsModule, from: string): void {
  if (typeof MemoryStore !== 'function') {
    debug('%s has no MemoryStore: left alone', from);
    return;
  }
  const storeOf = (self: object) => adoptedStores.of(self, 'hono');
  const set = async function (this: object, id: string, session: HonoSession): Promise<void> {
    await storeOf(this).set(id, session, toTtl(session));
  };
  replaceMethods(MemoryStore, {
    async getSessionById(this: object, id: string): Promise<SessionData | null> {
      return (await storeOf(this).get(id))?.data ?? null;
    },
    createSession: set,
    persistSessionData: set,
    async deleteSession(this: object, id: string): Promise<void> {
      await storeOf(this).destroy(id);
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
