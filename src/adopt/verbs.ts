import type { Sessions } from '../session/sessions.ts';
import { andThen } from '../session/eventually.ts';
import type { Answer, Callback } from './callback.ts';
import { joinSession, storeSession, type FrameworkSession } from './cookies/cookie-expiry.ts';

/** The methods that every framework calls on a store. */
export interface StoreVerbs {
  get(id: string, callback: Callback<Record<string, unknown> | undefined>): void;
  set(id: string, session: FrameworkSession, callback?: Callback): void;
  destroy(id: string, callback?: Callback): void;
}

/**
 * The methods of a store for a framework over its sessions. `sessionsOf` finds those behind the object
 * on which a method is called, and `answer` answers as the framework's memory store does.
 */
export function createVerbs(sessionsOf: (self: object) => Sessions, answer: Answer): StoreVerbs {
  return {
    get(id, callback) {
      answer(
        () => andThen(sessionsOf(this).get(id), (session) => session && joinSession(session)),
        callback,
      );
    },
    set(id, session, callback) {
      answer(() => storeSession(sessionsOf(this), id, session), callback);
    },
    destroy(id, callback) {
      answer(() => sessionsOf(this).destroy(id), callback);
    },
  };
}
