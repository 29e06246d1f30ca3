import { andThen, type Eventually } from './eventually.ts';

/**
 * Keeps the operations on one key in the order in which they were called. In-memory stores finish
 * within the call, and apps rely on it: `store.set(id, …)` and then `store.get(id, …)`, neither
 * awaited, reads what was written. What has nothing to wait for is done within the call here, too.
 */
export class KeyedOrder {
  readonly #writes = new Map<string, Promise<unknown>>();
  /** An operation on all keys that is under way. */
  #barrier: Promise<unknown> | undefined;

  /** Runs a read after the writes to this key that were called before it. */
  read<T>(key: string, operation: () => Eventually<T>): Eventually<T> {
    return andThen(this.#writes.get(key) ?? this.#barrier, operation);
  }

  /** Runs a write after the writes to this key that were called before it. */
  write<T>(key: string, operation: () => Eventually<T>): Eventually<T> {
    const result = this.read(key, operation);
    if (!(result instanceof Promise)) return result;
    const settle = () => {
      if (this.#writes.get(key) === settled) this.#writes.delete(key);
    };
    const settled: Promise<void> = result.then(settle, settle);
    this.#writes.set(key, settled);
    return result;
  }

  /** Runs a write to all keys after everything called before it, and before everything called after. */
  writeAll(operation: () => Eventually<void>): Eventually<void> {
    const result = andThen(this.settled(), operation);
    this.#writes.clear(); // whoever waits for this one waits for them
    if (!(result instanceof Promise)) return result;
    const settle = () => {
      if (this.#barrier === settled) this.#barrier = undefined;
    };
    const settled: Promise<void> = result.then(settle, settle);
    this.#barrier = settled;
    return result;
  }

  /** Is there when all writes called so far have settled. */
  settled(): Eventually<void> {
    const under = [...this.#writes.values(), ...(this.#barrier ? [this.#barrier] : [])];
    if (under.length > 0) return Promise.all(under).then(() => {});
  }
}
