/**
 * Keeps the operations on one key in the order in which they were called. In-memory stores finish
 * within the call, and apps rely on it: `store.set(id, …)` and then `store.get(id, …)`, neither
 * awaited, reads what was written.
 */
export class KeyedOrder {
  readonly #writes = new Map<string, Promise<unknown>>();
  /** An operation on all keys that is under way. */
  #barrier: Promise<unknown> | undefined;

  /** Whether writes to this key are under way. */
  isBusy(key: string): boolean {
    return this.#writes.has(key) || this.#barrier !== undefined;
  }

  /** Runs a read after the writes to this key that were called before it. */
  read<T>(key: string, operation: () => Promise<T>): Promise<T> {
    const before = this.#writes.get(key) ?? this.#barrier;
    return before ? before.then(operation) : operation();
  }

  /** Runs a write after the writes to this key that were called before it. */
  write<T>(key: string, operation: () => Promise<T>): Promise<T> {
    const result = this.read(key, operation);
    const settle = () => {
      if (this.#writes.get(key) === settled) this.#writes.delete(key);
    };
    const settled: Promise<void> = result.then(settle, settle);
    this.#writes.set(key, settled);
    return result;
  }

  /** Runs a write to all keys after everything called before it, and before everything called after. */
  writeAll(operation: () => Promise<void>): Promise<void> {
    const result = this.settled().then(operation);
    this.#writes.clear(); // whoever waits for this one waits for them
    const settle = () => {
      if (this.#barrier === settled) this.#barrier = undefined;
    };
    const settled: Promise<void> = result.then(settle, settle);
    this.#barrier = settled;
    return result;
  }

  /** Resolves when all writes called so far have settled. */
  async settled(): Promise<void> {
    await Promise.all([...this.#writes.values(), this.#barrier]);
  }
}
