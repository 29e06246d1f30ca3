import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter } from 'keyv';
import { resolveOptions } from './options.ts';
import { DirectoryStorage } from './storage/directory/storage.ts';
import { openDirectory } from './storage/directory/open.ts';

/** Where a SessionDirectory lies. */
export interface SessionDirectoryOptions {
  /**
   * A new or an empty folder, or one that holdover has made. Relative to the project root.
   * @default SESSION_FILE_DIR, or `.holdover/sessions` in the root of the project that owns the entry
   */
  directory?: string | undefined;
}

/**
 * The session directory as a storage adapter for Keyv: `new Keyv(new SessionDirectory({ directory }))`.
 * A `set` that has resolved survives the death of the process, and a power cut within about half a
 * second; a file is never half-written. Values are sealed with a key outside the project, expired files
 * are removed in the background, and several processes may share a directory.
 *
 * Values are JSON, as Keyv's own serialiser makes them. Each Keyv namespace is kept apart, and `clear`
 * removes one of them. Errors of the disk reject; Keyv emits them, or throws them with `throwOnErrors`.
 * Storing what is stored already may leave an expiry that would move by less than 1 %.
 */
export class SessionDirectory extends EventEmitter implements KeyvStoreAdapter {
  /** Set by Keyv. */
  namespace: string | undefined;
  /** Keyv 5 iterates over stores of a fixed list of dialects, and asks no other way whether one can. */
  readonly opts: SessionDirectoryOptions & { dialect: string };
  readonly #files: ReturnType<typeof openDirectory>['files'];
  readonly #storages = new Map<string, DirectoryStorage>();

  /** @throws Error, in one sentence, when the directory or its key cannot be used */
  constructor({ directory }: SessionDirectoryOptions = {}) {
    super();
    this.opts = { directory, dialect: 'redis' };
    const options = resolveOptions({ directory, type: 'filesystem' });
    this.#files = openDirectory(options).files;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const stored = this.#storage().get(key);
    return stored && (JSON.parse(stored.text) as Value);
  }

  /** @param ttl milliseconds; @default for ever */
  async set(key: string, value: unknown, ttl = Infinity): Promise<boolean> {
    return this.#storage().set(key, JSON.stringify(value) ?? 'null', ttl);
  }

  /** @returns whether it was there */
  async delete(key: string): Promise<boolean> {
    return this.#storage().delete(key);
  }

  async has(key: string): Promise<boolean> {
    return this.#storage().get(key) !== undefined;
  }

  async clear(): Promise<void> {
    await this.#storage().clear();
  }

  async *iterator<Value>(
    namespace?: string,
  ): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    for await (const { key, text } of this.#storage(namespace).entries()) {
      yield [key, JSON.parse(text) as Awaited<Value>];
    }
  }

  #storage(namespace = this.namespace ?? ''): DirectoryStorage {
    let storage = this.#storages.get(namespace);
    if (!storage) {
      storage = new DirectoryStorage(this.#files, namespace);
      this.#storages.set(namespace, storage);
    }
    return storage;
  }
}
