import { Recent } from '../../session/recent.ts';
import type { SealFault, SealKey } from '../../session/seal.ts';
import { isNotPermitted, isSameStamp, readWhole, type FileStamp } from '../files/disk.ts';
import type { Layout } from './layout.ts';
import { Quarantine, type QuarantineReason } from './quarantine.ts';
import { isOneRecord, toEntry, type Entry } from './file/record-file.ts';
import { isOfOtherUser, locate, type Located } from './file/versions.ts';

/** How much is kept in memory, in bytes of files, where nothing else is said. */
const CAPACITY = 32 * 1024 * 1024;

/** How often a version may be gone or damaged before a record is taken for one that is not there. */
const MOST_VERSIONS = 100;

/** What was found in a version: an entry, why there is none, or nothing, because it has gone. */
interface Found {
  entry: Entry | QuarantineReason | SealFault | undefined;
  stamp: FileStamp;
  /** Whether there is nothing else in the file. */
  isAlone: boolean;
}

/**
 * Reads the files of records, each once as long as it stays as it is. One that does not open is set
 * aside, and what stands there then is read; one of another key or user is left.
 */
export class RecordReader {
  readonly #layout: Layout;
  readonly #key: SealKey;
  /** What was read, which counts while the file stays as it is. */
  readonly #cache: Recent<{ stamp: FileStamp; entry: Entry }>;
  readonly #quarantine: Quarantine;

  /** @param capacity how much is kept in memory, in bytes of files; @default 32 MB */
  constructor(
    layout: Layout,
    key: SealKey,
    report: (message: string) => void,
    capacity = CAPACITY,
  ) {
    this.#layout = layout;
    this.#key = key;
    this.#cache = new Recent(capacity, ({ stamp }) => stamp.size);
    this.#quarantine = new Quarantine(layout, report);
  }

  /** @param first the version that counted a moment ago */
  read(name: string, first: Located | undefined): Entry | undefined {
    const taken: QuarantineReason[] = [];
    const entry = this.#readVersions(name, first, taken);
    for (const reason of taken) this.#quarantine.sayTaken(reason, entry !== undefined);
    return entry;
  }

  /** Whether a staged version is whole, with nothing else in its file. */
  isAlone(name: string, located: Located): boolean {
    const { isAlone, stamp } = this.#open(name, located);
    return isAlone && isSameStamp(stamp, located.stamp);
  }

  /** Keeps what was just written. */
  keep(name: string, { ino, size, mtimeMs }: FileStamp, entry: Entry): void {
    this.#cache.set(name, { stamp: { ino, size, mtimeMs }, entry });
  }

  forget(name: string): void {
    this.#cache.delete(name);
  }

  /** Says that there are records of another key or user. */
  sayForeign(): void {
    this.#quarantine.sayForeign();
  }

  #readVersions(
    name: string,
    first: Located | undefined,
    taken: QuarantineReason[],
  ): Entry | undefined {
    let located = first;
    for (let count = 0; located && count < MOST_VERSIONS; count++) {
      const kept = this.#cache.get(name);
      if (kept && isSameStamp(kept.stamp, located.stamp)) return kept.entry;
      const { entry, stamp } = this.#open(name, located);
      if (typeof entry === 'object') return entry;
      if (entry === 'wrong key' || (entry === 'not permitted' && isOfOtherUser(located))) {
        this.#quarantine.sayForeign();
        return undefined;
      }
      if (entry && this.#quarantine.take(located.path, stamp, name, entry)) taken.push(entry);
      // Again when the version that was found has gone before it was opened: it was moved or replaced.
      const next = locate(this.#layout, name);
      if (entry && isSameStamp(next?.stamp, located.stamp)) break; // it could not be set aside
      located = next;
    }
    this.#cache.delete(name);
    return undefined;
  }

  #open(name: string, { path, stamp, isFile, isStaged }: Located): Found {
    if (!isFile) return { entry: 'not a regular file', stamp, isAlone: false };
    let whole: ReturnType<typeof readWhole>;
    try {
      whole = readWhole(path);
    } catch (error) {
      if (isNotPermitted(error)) return { entry: 'not permitted', stamp, isAlone: false };
      throw error;
    }
    if (!whole) return { entry: undefined, stamp, isAlone: false };
    const entry = toEntry(this.#key, name, whole.bytes, isStaged);
    const isAlone = typeof entry === 'object' && isOneRecord(whole.bytes);
    if (typeof entry === 'object') this.keep(name, whole.stamp, entry);
    return { entry, stamp: whole.stamp, isAlone };
  }
}
