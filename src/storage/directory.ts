import { Keyv } from 'keyv';
import type { Absence, SessionStorage, StoredText } from '../session/storage.ts';
import { SessionDirectoryAdapter } from './adapter.ts';
import type { SealedFiles } from './sealed-files.ts';

/** How long after the start expired files are looked for, in milliseconds. */
const FIRST_SWEEP = 10_000;

/** Keyv over the session directory, as a SessionStorage for one namespace. */
export class DirectoryStorage implements SessionStorage {
  readonly #adapter: SessionDirectoryAdapter;
  readonly #keyv: Keyv<string>;

  constructor(files: SealedFiles, namespace: string) {
    this.#adapter = new SessionDirectoryAdapter(files);
    this.#keyv = new Keyv<string>(this.#adapter, {
      namespace,
      // The adapter keeps namespaces apart by itself; Keyv's prefix takes a key that begins with it
      // for one that has it already.
      useKeyPrefix: false,
      throwOnErrors: true,
      // Files hold JSON of their own making; texts need no second coat.
      serialize: undefined,
      deserialize: undefined,
    });
    setTimeout(() => this.#adapter.sweepIfDue(), FIRST_SWEEP).unref();
  }

  async get(key: string): Promise<StoredText | undefined> {
    const stored = await this.#keyv.get(key, { raw: true });
    if (typeof stored?.value !== 'string') return undefined;
    return { text: stored.value, expires: stored.expires ?? Infinity };
  }

  set(key: string, text: string, ttl: number): Promise<boolean> {
    return this.#keyv.set(key, text, ttl);
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    return this.#adapter.touch(key, ttl);
  }

  async retire(key: string, ttl: number): Promise<void> {
    this.#adapter.retire(key, ttl);
  }

  async revive(key: string): Promise<void> {
    this.#adapter.revive(key);
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    for await (const [key, stored] of this.#adapter.iterator<{
      value: string;
      expires: number;
    }>()) {
      const { value, expires } = stored as { value: string; expires: number };
      yield { key: key as string, text: value, expires };
    }
  }

  async absence(key: string): Promise<Absence | undefined> {
    return this.#adapter.absence(key);
  }

  count(): Promise<number> {
    return this.#adapter.count();
  }

  clear(): Promise<void> {
    return this.#keyv.clear();
  }
}
