/** A callback in Node's form, as session stores take it. */
export type Callback<T = void> = (error: unknown, value?: T) => void;

/**
 * Answers a callback with the outcome of a promise: never within the call, and outside the promise,
 * so that what the callback throws becomes an uncaught exception as it does under a memory store.
 * Without a callback a failure has nobody to hear it but the process, as any unhandled rejection.
 */
export function answer<T>(promise: Promise<T>, callback: Callback<T> | undefined): void {
  if (!callback) {
    void promise;
    return;
  }
  promise.then(
    (value) => setImmediate(callback, null, value),
    (error: unknown) => setImmediate(callback, error),
  );
}
