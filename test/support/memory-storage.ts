import type { SessionStorage, StoredText } from '../../src/session/storage.ts';

interface Held {
  text: string;
  expires: number;
  isRetired: boolean;
}

/** What the namespaces of one medium hold. */
export type Medium = Map<string, Map<string, Held>>;

/** The contract at its simplest: nothing lasts, nothing fails. Counts what it is asked to write. */
export class MemoryStorage implements SessionStorage {
  readonly #held: Map<string, Held>;
  /** The verbs that have reached this storage and may write, in order. */
  readonly written: ('set' | 'touch' | 'retire' | 'revive')[] = [];

  constructor(namespace = 'default', medium: Medium = new Map()) {
    let held = medium.get(namespace);
    if (!held) medium.set(namespace, (held = new Map()));
    this.#held = held;
  }

  async get(key: string): Promise<StoredText | undefined> {
    const held = this.#live(key);
    return held && !held.isRetired ? { text: held.text, expires: held.expires } : undefined;
  }

  async set(key: string, text: string, ttl: number): Promise<boolean> {
    this.written.push('set');
    if (this.#live(key)?.isRetired) return false;
    this.#held.set(key, { text, expires: Date.now() + ttl, isRetired: false });
    return true;
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    this.written.push('touch');
    const held = this.#live(key);
    if (!held || held.isRetired) return false;
    held.expires = Date.now() + ttl;
    return true;
  }

  async retire(key: string, ttl: number): Promise<void> {
    this.written.push('retire');
    const held = this.#live(key);
    if (!held || held.isRetired) return;
    this.#held.set(key, { text: '', expires: Date.now() + ttl, isRetired: true });
  }

  async revive(key: string): Promise<void> {
    this.written.push('revive');
    if (this.#live(key)?.isRetired) this.#held.delete(key);
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    for (const key of this.#held.keys()) {
      const stored = await this.get(key);
      if (stored) yield { key, ...stored };
    }
  }

  async count(): Promise<number> {
    let count = 0;
    for (const key of this.#held.keys()) if (this.#live(key)?.isRetired === false) count++;
    return count;
  }

  async clear(): Promise<void> {
    for (const [key, { isRetired }] of this.#held) if (!isRetired) this.#held.delete(key);
  }

  #live(key: string): Held | undefined {
    const held = this.#held.get(key);
    return held && held.expires > Date.now() ? held : undefined;
  }
}
