import { logToTerminal } from '../options.ts';
import type { Sessions } from './sessions.ts';

/** A callback in Node's form, as session stores take it. */
export type Callback<T = void> = (error: unknown, value?: T) => void;

/**
 * Answers a callback with the outcome of a call on a store: never within the call, and outside the
 * promise, so that what the callback throws becomes an uncaught exception as it does under a memory
 * store. Without a callback nobody waits for a failure, which a memory store never has: it is said.
 */
export function answer<T>(
  sessions: Sessions,
  promise: Promise<T>,
  callback: Callback<T> | undefined,
): void {
  // The answers of a server come many at a time; what they lead to shall leave together, too.
  const defer = sessions.isRemote ? process.nextTick : setImmediate;
  const reply: Callback<T> | undefined =
    callback && ((error, value) => void defer(callback, error, value));
  promise.then(
    (value) => reply?.(null, value),
    (error: Error) => {
      if (reply) reply(error);
      else logToTerminal(error.message);
    },
  );
}
