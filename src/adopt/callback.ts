import { logToTerminal } from '../options/terminal.ts';
import type { Eventually } from '../session/eventually.ts';
import { UnstorableError } from '../session/record.ts';
import { defer } from '../session/timers.ts';

/** A callback in Node's form, as session stores take it. */
export type Callback<T = void> = (error?: unknown, value?: T) => void;

/**
 * Makes a call on a store and answers with its outcome. Without a callback nobody waits for a failure,
 * which a memory store never has: it is said. What a callback throws is never taken for one.
 */
export type Answer = <T>(call: () => Eventually<T>, callback: Callback<T> | undefined) => void;

// Taken when this is loaded, as `defer` is: fake timers of a test do not hold answers up.
const { nextTick } = process;

/**
 * As the MemoryStore of express-session: in a later turn of the event loop, in the order of the calls.
 * What cannot be JSON is thrown within the call, by `JSON.stringify` itself.
 */
export const answerLater: Answer = (call, callback) => {
  answer(call, callback, defer, (error) => error instanceof UnstorableError);
};

/** As the memory store of @fastify/session: within the call, where no server is asked. */
export const answerWithin: Answer = (call, callback) => {
  answer(call, callback, (reply) => reply());
};

function answer<T>(
  call: () => Eventually<T>,
  callback: Callback<T> | undefined,
  say: (reply: () => void) => void,
  isForCaller: (error: unknown) => boolean = () => false,
): void {
  const succeed = (value: T): void =>
    value === undefined ? callback?.(null) : callback?.(null, value);
  const fail = (error: unknown): void =>
    callback ? callback(error) : logToTerminal((error as Error).message);
  let outcome: Eventually<T>;
  try {
    outcome = call();
  } catch (error) {
    if (isForCaller(error)) throw (error as Error).cause ?? error;
    say(() => fail(error));
    return;
  }
  if (outcome instanceof Promise) {
    // The answers of a server come many at a time; what they lead to shall leave together, too.
    outcome.then(
      (value) => nextTick(succeed, value),
      (error: unknown) => nextTick(fail, error),
    );
    return;
  }
  const value = outcome;
  say(() => succeed(value));
}
