import type { Absence, SessionStorage, StoredText } from '../session/storage.ts';
import { SessionDirectoryAdapter } from './adapter.ts';
import type { SealedFiles } from './sealed-files.ts';

/** How long after the start expired files are looked for, in milliseconds. */
const FIRST_SWEEP = 10_000;

/** How often expired files are looked for, in milliseconds: the adapter does it once an hour. */
const SWEEP_AGAIN = 10 * 60 * 1000;

/** The session directory as a SessionStorage for one namespace. A call has done its work when it returns. */
export class DirectoryStorage implements SessionStorage {
  readonly #adapter: SessionDirectoryAdapter;

  constructor(files: SealedFiles, namespace: string) {
    this.#adapter = new SessionDirectoryAdapter(files);
    this.#adapter.namespace = namespace;
    setTimeout(() => this.#adapter.sweepIfDue(), FIRST_SWEEP).unref();
    setInterval(() => this.#adapter.sweepIfDue(), SWEEP_AGAIN).unref();
  }

  get(key: string): StoredText | undefined {
    return this.#adapter.read(key);
  }

  set(key: string, text: string, ttl: number): boolean {
    return this.#adapter.write(key, text, Date.now() + ttl);
  }

  touch(key: string, ttl: number): boolean {
    return this.#adapter.touch(key, ttl);
  }

  retire(key: string, ttl: number): void {
    this.#adapter.retire(key, ttl);
  }

  revive(key: string): void {
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

  keys(): string[] {
    return this.#adapter.liveKeys();
  }

  async absence(key: string): Promise<Absence | undefined> {
    return this.#adapter.absence(key);
  }

  count(): Promise<number> {
    return this.#adapter.count();
  }

  async clear(): Promise<void> {
    await this.#adapter.clear();
  }
}
