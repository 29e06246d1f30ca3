import { answer, type Callback } from './callback.ts';
import { joinSession, storeSession, type FrameworkSession } from './cookie-expiry.ts';
import type { Sessions } from './sessions.ts';

/** The methods that every framework calls on a store. */
export interface StoreVerbs {
  get(id: string, callback: Callback<Record<string, unknown> | undefined>): void;
  set(id: string, session: FrameworkSession, callback?: Callback): void;
  destroy(id: string, callback?: Callback): void;
}

/**
 * The methods of a store for a framework over a SessionStore. `storeOf` finds the SessionStore
 * behind the object on which a method is called.
 */
export function createVerbs(storeOf: (self: object) => Sessions): StoreVerbs {
  return {
    get(id, callback) {
      const sessions = storeOf(this);
      const found = sessions.get(id).then((session) => session && joinSession(session));
      answer(sessions, found, callback);
    },
    set(id, session, callback) {
      const sessions = storeOf(this);
      answer(sessions, storeSession(sessions, id, session), callback);
    },
    destroy(id, callback) {
      const sessions = storeOf(this);
      answer(sessions, sessions.destroy(id), callback);
    },
  };
}
