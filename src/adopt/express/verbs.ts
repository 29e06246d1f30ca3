import { andThen } from '../../session/eventually.ts';
import type { StoredSession } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';
import { answerLater, type Callback } from '../callback.ts';
import { joinSession, splitSession, type FrameworkSession } from '../cookies/cookie-expiry.ts';
import { sessionBegun } from '../../history/seen-requests.ts';
import { createVerbs } from '../verbs.ts';

/** A session as express-session gets it from a store. */
type ExpressSession = Record<string, unknown>;

/** The methods that express-session and its users call on a store. */
export interface ExpressVerbs {
  get(id: string, callback: Callback<ExpressSession | undefined>): void;
  set(id: string, session: FrameworkSession, callback?: Callback): void;
  touch(id: string, session: FrameworkSession, callback?: Callback): void;
  destroy(id: string, callback?: Callback): void;
  all(callback?: Callback<Record<string, ExpressSession>>): void;
  length(callback: Callback<number>): void;
  clear(callback?: Callback): void;
}

/**
 * The methods of an express-session store over its sessions: what MemoryStore promises of its own,
 * durable. `sessionsOf` finds those behind the object on which a method is called.
 */
export function createExpressVerbs(sessionsOf: (self: object) => Sessions): ExpressVerbs {
  return {
    ...createVerbs(sessionsOf, answerLater),
    touch(id, session, callback) {
      const { data, ttl } = splitSession({ cookie: session.cookie });
      const members = data.cookie ? data : undefined;
      answerLater(() => sessionsOf(this).touch(id, ttl, members), callback);
    },
    all(callback) {
      answerLater(() => andThen(sessionsOf(this).snapshot(), byId), callback);
    },
    length(callback) {
      answerLater(() => andThen(sessionsOf(this).snapshot(), ({ length }) => length), callback);
    },
    clear(callback) {
      answerLater(() => sessionsOf(this).clear(), callback);
    },
  };
}

/**
 * Hears that a session is begun anew, because a request came with no cookie or a bad one, or its
 * session was not there.
 *
 * express-session assigns `generate` to the store that it is given; this wraps what it assigns.
 *
 * @param issuing lifts the retirement of an id that the app gives out anew: with a `genid` that makes
 * the same id twice, `regenerate()` destroys it and then stores under it
 * @param onBegun hears of the request
 */
export function hearGenerated(
  target: object,
  issuing: Sessions | undefined,
  onBegun?: (request: object) => void,
): void {
  let generate: ((request: { sessionID?: unknown }) => void) | undefined;
  Object.defineProperty(target, 'generate', {
    configurable: true,
    enumerable: true,
    get: () => generate,
    set(assigned: typeof generate) {
      generate = (request) => {
        assigned?.call(target, request);
        sessionBegun(request, 'express-session');
        onBegun?.(request);
        if (typeof request.sessionID === 'string') issuing?.issue(request.sessionID);
      };
    },
  });
}

function byId(sessions: StoredSession[]): Record<string, ExpressSession> {
  const all = Object.create(null) as Record<string, ExpressSession>;
  for (const session of sessions) all[session.id] = joinSession(session);
  return all;
}
