import { Recent } from '../../session/recent.ts';
import { isSameStamp, type FileStamp } from '../files/disk.ts';

/** How much is kept in memory, in characters of text. */
const CAPACITY = 32 * 1024 * 1024;

/** What was read from files, kept while the files stay as they are; the least used goes first. */
export class ReadCache<T> {
  readonly #kept = new Recent<{ stamp: FileStamp; entry: T }>(CAPACITY, ({ stamp }) => stamp.size);

  /** What was read of this version of the file. */
  get(name: string, stamp: FileStamp): T | undefined {
    const kept = this.#kept.get(name);
    return kept && isSameStamp(kept.stamp, stamp) ? kept.entry : undefined;
  }

  set(name: string, { ino, size, mtimeMs }: FileStamp, entry: T): void {
    this.#kept.set(name, { stamp: { ino, size, mtimeMs }, entry });
  }

  delete(name: string): void {
    this.#kept.delete(name);
  }
}
