import {
  checkSize,
  type Change,
  type SessionStorage,
  type StoredText,
} from '../session/storage.ts';

/** What one namespace holds. */
interface Held {
  texts: Map<string, StoredText>;
  /** When keys end to be refused, in milliseconds since the epoch. */
  retired: Map<string, number>;
}

/** What the namespaces of one medium hold. */
export type Medium = Map<string, Held>;

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
  readonly #texts: Held['texts'];
  readonly #retired: Held['retired'];
  #writes = 0;

  constructor(namespace = 'default', within: Medium = new Map()) {
    let held = within.get(namespace);
    if (!held) within.set(namespace, (held = { texts: new Map(), retired: new Map() }));
    this.#texts = held.texts;
    this.#retired = held.retired;
  }

  get(key: string): StoredText | undefined {
    const stored = this.#texts.get(key);
    return stored && stored.expires > Date.now() ? stored : undefined;
  }

  set(key: string, text: string, ttl: number): boolean {
    checkSize(text);
    if ((this.#retired.get(key) ?? 0) > Date.now()) return false;
    this.#texts.set(key, { text, expires: Date.now() + ttl });
    if (++this.#writes % SWEEP_AFTER === 0) this.#sweep();
    return true;
  }

  update(key: string, change: Change<string>, ttl: number): void {
    const stored = this.get(key);
    const text = change(stored?.text);
    checkSize(text ?? '');
    this.#texts.delete(key);
    if (text === undefined) return;
    this.#retired.delete(key);
    this.#texts.set(key, { text, expires: stored?.expires ?? Date.now() + ttl });
  }

  touch(key: string, ttl: number): boolean {
    const stored = this.get(key);
    if (stored) this.#texts.set(key, { text: stored.text, expires: Date.now() + ttl });
    return stored !== undefined;
  }

  retire(key: string, ttl: number): void {
    if (this.get(key)) this.#retired.set(key, Date.now() + ttl);
    this.#texts.delete(key);
  }

  revive(key: string): void {
    this.#retired.delete(key);
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    for (const key of this.#texts.keys()) yield* this.#entry(key);
  }

  entriesNow(): (StoredText & { key: string })[] {
    return [...this.#texts.keys()].flatMap((key) => this.#entry(key));
  }

  async count(): Promise<number> {
    return this.entriesNow().length;
  }

  async clear(): Promise<void> {
    this.#texts.clear();
  }

  #entry(key: string): (StoredText & { key: string })[] {
    const stored = this.get(key);
    return stored ? [{ key, ...stored }] : [];
  }

  #sweep(): void {
    const now = Date.now();
    for (const [key, { expires }] of this.#texts) if (expires <= now) this.#texts.delete(key);
    for (const [key, until] of this.#retired) if (until <= now) this.#retired.delete(key);
  }
}
