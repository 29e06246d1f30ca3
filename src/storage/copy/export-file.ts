import { readFileSync, type Stats } from 'node:fs';
import { DEFAULT_LIFETIME } from '../../session/expiry/lifetime.ts';
import { isSameStamp, statFile } from '../files/disk.ts';
import { writeOverDurably } from '../files/replace-file.ts';
import { MemoryStorage, type Medium } from '../memory.ts';
import { fromAppEntry, fromEntry, fromFile, toEntry, toFile, type Entry } from './export-format.ts';
import type { Place } from './place.ts';

/**
 * A file as keyv-file keeps one: a readable export that any Keyv program opens, not sealed, of mode 0600.
 * It is read when it is opened and written once, whole, when all is copied. What else is in it stays.
 */
export class ExportFile implements Place {
  readonly display: string;
  readonly #path: string;
  /** As it was read; `undefined` when it was not there. */
  readonly #stamp: Stats | undefined;
  readonly #sessions: Medium = new Map();
  /** What other programs keep in it. */
  readonly #others: Entry[] = [];

  /**
   * @param path absolute
   * @param display the path for people
   * @param isSource whether it has to be there
   * @throws Error, in one sentence, when it cannot be read or is another kind of file
   */
  constructor(path: string, display: string, isSource: boolean) {
    this.#path = path;
    this.display = display;
    this.#stamp = statFile(path);
    if (this.#stamp) this.#read(isSource);
    else if (isSource) throw new Error(`There is no file ${display}. Nothing was copied.`);
  }

  async namespaces(): Promise<string[]> {
    return [...this.#sessions.keys()];
  }

  open(namespace: string): MemoryStorage {
    return new MemoryStorage(namespace, this.#sessions);
  }

  async save(): Promise<void> {
    const taken = new Set(this.#others.map(([key]) => key));
    const entries = [...this.#others];
    for (const namespace of this.#sessions.keys()) {
      for (const session of this.open(namespace).entriesNow()) {
        entries.push(toEntry({ namespace, ...session }, taken));
      }
    }
    try {
      await writeOverDurably(this.#path, Buffer.from(toFile(entries)), () =>
        this.#checkUnchanged(),
      );
    } catch (cause) {
      throw new Error(`${this.display} was not written: ${(cause as Error).message}`, { cause });
    }
  }

  /** An app that keeps its sessions in the file finds them again: its entries are read, and not rewritten. */
  #read(isSource: boolean): void {
    if (!this.#stamp?.isFile()) {
      throw new Error(`${this.display} is no file, or a link to one. Name the file itself.`);
    }
    for (const entry of this.#parse()) {
      const session = fromEntry(entry) ?? (isSource ? fromAppEntry(entry) : undefined);
      if (!session) this.#others.push(entry);
      else {
        const { namespace, key, text, expires } = session;
        const ttl = expires === undefined ? DEFAULT_LIFETIME : expires - Date.now();
        if (ttl > 0) this.open(namespace).set(key, text, ttl);
      }
    }
  }

  #parse(): Entry[] {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (cause) {
      throw new Error(`${this.display} cannot be read: ${(cause as Error).message}`, { cause });
    }
    const entries = fromFile(text);
    if (entries) return entries;
    throw new Error(
      `${this.display} is no file that keyv-file writes, and was left as it is. Name another one.`,
    );
  }

  #checkUnchanged(): void {
    if (isSameStamp(statFile(this.#path), this.#stamp)) return;
    throw new Error('another program has changed it. Push again.');
  }
}
