import { logToTerminal } from '../options/terminal.ts';
import { andThen, type Eventually } from '../session/eventually.ts';
import { UnstorableError, type StoredSession } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { defer } from '../session/timers.ts';
import { joinSession, splitSession, storeSession, type FrameworkSession } from './cookie-expiry.ts';

/** A callback in Node's form, as session stores take it. */
export type Callback<T = void> = (error?: unknown, value?: T) => void;

/**
 * Makes a call on a store and answers with its outcome. Without a callback an error is printed: a memory store never
 * has one, so no caller waits for it. What a callback throws is never taken for an error of the store.
 */
export type Answer = <T>(call: () => Eventually<T>, callback: Callback<T> | undefined) => void;

/** The methods that frameworks call on a store with callbacks. */
export interface StoreVerbs {
  get(id: string, callback: Callback<Record<string, unknown> | undefined>): void;
  set(id: string, session: FrameworkSession, callback?: Callback): void;
  destroy(id: string, callback?: Callback): void;
}

/** The methods of express-session's stores. */
export interface ExpressVerbs extends StoreVerbs {
  touch(id: string, session: FrameworkSession, callback?: Callback): void;
  all(callback?: Callback<Record<string, Record<string, unknown>>>): void;
  length(callback: Callback<number>): void;
  clear(callback?: Callback): void;
}

/** How long a store keeps a session, in milliseconds; `undefined` for as long as its cookie. */
type ToTtl = (store: object, session: FrameworkSession, id: string) => number | undefined;

/**
 * Makes the methods of a store over its sessions.
 *
 * @param sessionsOf finds the sessions behind the object on which a method is called
 * @param answer answers when the framework's memory store would
 */
export function createVerbs(
  sessionsOf: (store: object) => Sessions,
  answer: Answer,
  toTtl: ToTtl = () => undefined,
): ExpressVerbs {
  return {
    get(id, callback) {
      answer(
        () => andThen(sessionsOf(this).get(id), (session) => session && joinSession(session)),
        callback,
      );
    },
    set(id, session, callback) {
      const ttl = toTtl(this, session, id);
      answer(() => storeSession(sessionsOf(this), id, session, ttl), callback);
    },
    destroy(id, callback) {
      answer(() => sessionsOf(this).destroy(id), callback);
    },
    touch(id, session, callback) {
      const ttl = toTtl(this, session, id);
      const { data, ttl: ofCookie } = splitSession({ cookie: session.cookie });
      const members = data.cookie ? data : undefined;
      answer(() => sessionsOf(this).touch(id, ttl ?? ofCookie, members), callback);
    },
    all(callback) {
      answer(() => andThen(sessionsOf(this).snapshot(), byId), callback);
    },
    length(callback) {
      answer(() => andThen(sessionsOf(this).snapshot(), ({ length }) => length), callback);
    },
    clear(callback) {
      answer(() => sessionsOf(this).clear(), callback);
    },
  };
}

function byId(sessions: StoredSession[]): Record<string, Record<string, unknown>> {
  const all = Object.create(null) as Record<string, Record<string, unknown>>;
  for (const session of sessions) all[session.id] = joinSession(session);
  return all;
}

// Taken when this is loaded, as `defer` is: fake timers of a test do not hold answers up.
const { nextTick } = process;

/**
 * Answers as the MemoryStore of express-session: in a later turn of the event loop, in the order of the calls. What
 * cannot be JSON is thrown within the call, by `JSON.stringify` itself.
 */
export const answerLater: Answer = (call, callback) => {
  answerBy(defer, call, callback, (error) => error instanceof UnstorableError);
};

/** Answers as memorystore: in a later turn, with every error. */
export const answerAllLater: Answer = (call, callback) => {
  answerBy(defer, call, callback);
};

/** Answers as the memory store of @fastify/session: within the call, unless a server is asked. */
export const answerWithin: Answer = (call, callback) => {
  answerBy((reply) => reply(), call, callback);
};

function answerBy<T>(
  say: (reply: () => void) => void,
  call: () => Eventually<T>,
  callback: Callback<T> | undefined,
  isForCaller: (error: unknown) => boolean = () => false,
): void {
  const succeed = (value: T): void =>
    value === undefined ? callback?.(null) : callback?.(null, value);
  const fail = (error: unknown): void =>
    callback ? callback(toCause(error)) : logToTerminal((error as Error).message);
  let outcome: Eventually<T>;
  try {
    outcome = call();
  } catch (error) {
    if (isForCaller(error)) throw toCause(error);
    return say(() => fail(error));
  }
  if (!(outcome instanceof Promise)) {
    const value = outcome;
    return say(() => succeed(value));
  }
  // A server answers many calls at a time; what the answers lead to leaves together, too.
  outcome.then(
    (value) => nextTick(succeed, value),
    (error: unknown) => nextTick(fail, error),
  );
}

/** Returns the error of `JSON.stringify` itself, as a memory store has it. */
function toCause(error: unknown): unknown {
  return error instanceof UnstorableError ? (error.cause ?? error) : error;
}
