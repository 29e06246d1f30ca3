import { isSameStamp, type FileStamp } from './disk.ts';

/** How much is kept in memory, in characters of text. */
const CAPACITY = 32 * 1024 * 1024;

/** What was read from files, kept while the files stay as they are; the least used goes first. */
export class ReadCache<T> {
  readonly #kept = new Map<string, { stamp: FileStamp; entry: T }>();
  #size = 0;

  /** What was read of this version of the file. */
  get(name: string, stamp: FileStamp): T | undefined {
    const kept = this.#kept.get(name);
    if (!kept || !isSameStamp(kept.stamp, stamp)) return undefined;
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.entry;
  }

  set(name: string, stamp: FileStamp, entry: T): void {
    this.delete(name);
    const { ino, size, mtimeMs } = stamp;
    this.#kept.set(name, { stamp: { ino, size, mtimeMs }, entry });
    this.#size += size;
    for (const [oldest] of this.#kept) {
      if (this.#size <= CAPACITY) break;
      this.delete(oldest);
    }
  }

  delete(name: string): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    this.#kept.delete(name);
    this.#size -= kept.stamp.size;
  }
}
