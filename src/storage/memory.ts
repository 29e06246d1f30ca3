import type { SessionStorage, StoredText } from '../session/storage.ts';

interface Held {
  text: string;
  expires: number;
  isRetired: boolean;
}

/** What the namespaces of one medium hold. */
export type Medium = Map<string, Map<string, Held>>;

/** After how many writes what has expired is let go. */
const SWEEP_AFTER = 1000;

/** The medium of this process. */
const medium: Medium = new Map();

/** Opens a storage that ends with the process: for tests, and where nothing may be kept. */
export function openMemory(namespace: string): MemoryStorage {
  return new MemoryStorage(namespace, medium);
}

/** The contract at its simplest: nothing lasts, nothing fails. */
export class MemoryStorage implements SessionStorage {
  readonly #held: Map<string, Held>;
  #writes = 0;

  constructor(namespace = 'default', within: Medium = new Map()) {
    let held = within.get(namespace);
    if (!held) within.set(namespace, (held = new Map()));
    this.#held = held;
  }

  get(key: string): StoredText | undefined {
    const held = this.#live(key);
    return held && !held.isRetired ? { text: held.text, expires: held.expires } : undefined;
  }

  set(key: string, text: string, ttl: number): boolean {
    if (this.#live(key)?.isRetired) return false;
    this.#hold(key, { text, expires: Date.now() + ttl, isRetired: false });
    return true;
  }

  touch(key: string, ttl: number): boolean {
    const held = this.#live(key);
    if (!held || held.isRetired) return false;
    held.expires = Date.now() + ttl;
    return true;
  }

  retire(key: string, ttl: number): void {
    const held = this.#live(key);
    if (!held || held.isRetired) return;
    this.#hold(key, { text: '', expires: Date.now() + ttl, isRetired: true });
  }

  revive(key: string): void {
    if (this.#live(key)?.isRetired) this.#held.delete(key);
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    for (const key of this.#held.keys()) yield* this.#entry(key);
  }

  entriesNow(): (StoredText & { key: string })[] {
    return [...this.#held.keys()].flatMap((key) => this.#entry(key));
  }

  async count(): Promise<number> {
    let count = 0;
    for (const key of this.#held.keys()) if (this.#live(key)?.isRetired === false) count++;
    return count;
  }

  async clear(): Promise<void> {
    for (const [key, { isRetired }] of this.#held) if (!isRetired) this.#held.delete(key);
  }

  #entry(key: string): (StoredText & { key: string })[] {
    const stored = this.get(key);
    return stored ? [{ key, ...stored }] : [];
  }

  #hold(key: string, held: Held): void {
    this.#held.set(key, held);
    if (++this.#writes % SWEEP_AFTER !== 0) return;
    for (const old of this.#held.keys()) if (!this.#live(old)) this.#held.delete(old);
  }

  #live(key: string): Held | undefined {
    const held = this.#held.get(key);
    return held && held.expires > Date.now() ? held : undefined;
  }
}
