import { logToTerminal } from '../options.ts';

/** A callback in Node's form, as session stores take it. */
export type Callback<T = void> = (error: unknown, value?: T) => void;

/**
 * Answers a callback with the outcome of a promise: never within the call, and outside the promise,
 * so that what the callback throws becomes an uncaught exception as it does under a memory store.
 * Without a callback nobody waits for a failure, which a memory store never has: it is said.
 */
export function answer<T>(promise: Promise<T>, callback: Callback<T> | undefined): void {
  promise.then(
    (value) => callback && setImmediate(callback, null, value),
    (error: Error) => {
      if (callback) setImmediate(callback, error);
      else logToTerminal(error.message);
    },
  );
}
