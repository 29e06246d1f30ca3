import { readdirSync } from 'node:fs';
import type { SealHeader, SealKey } from '../session/seal.ts';
import { isNotPermitted, readWhole } from './disk.ts';
import { listFolder } from './folders.ts';
import { isExpired, type Entry } from './entry.ts';
import { hasForeignRecord } from './foreign.ts';
import { readFileHeader } from './header.ts';
import { isRecordName, type Layout } from './paths.ts';
import { ensureFolder } from './prepare.ts';
import { Promoter, type StagedRecord } from './promoter.ts';
import { listQuarantined, Quarantine, type QuarantineReason } from './quarantine.ts';
import { ReadCache } from './read-cache.ts';
import { isAlone, toEntry, toSlot } from './record-file.ts';
import { Stage } from './stage.ts';
import { toWriteError, UnsavedWrites } from './unsaved.ts';
import { locate, removeVersions, type Located } from './versions.ts';

/**
 * The records of a session directory, by file name: sealed, crash-safe, read from memory while the
 * file is unchanged. All methods but `names` and `settled` do their work before they return, so no
 * other call comes between their reading and their writing.
 *
 * A read finds the staged version first, then the one in its place; another process's writes and
 * removals count from the next read on. A record of another key, or of another user that this one
 * may not read, is not there for this process, and stays for whoever it belongs to until it expires; who stores under its name replaces it, as the last
 * one to store always does.
 */
export class SealedFiles {
  readonly layout: Layout;
  /** Names the key of the directory without giving it away. */
  readonly fingerprint: string;
  readonly #key: SealKey;
  readonly #stage: Stage;
  readonly #promoter: Promoter;
  readonly #quarantine: Quarantine;
  readonly #cache = new ReadCache<Entry>();
  readonly #unsaved: UnsavedWrites;

  constructor(layout: Layout, key: SealKey, report: (message: string) => void) {
    this.layout = layout;
    this.#key = key;
    this.fingerprint = key.fingerprint;
    this.#stage = new Stage(layout);
    this.#promoter = new Promoter(layout, this.#stage, (name) => this.#readStaged(name));
    this.#quarantine = new Quarantine(layout, report);
    this.#unsaved = new UnsavedWrites((name) => this.#storeUnsaved(name));
    this.#stage.recover();
    // Reading first: what a power cut has torn is set aside instead.
    for (const name of this.#stage.names()) if (this.read(name)) this.#promoter.takeOver(name);
    // So that a lost key is said at the start and not at the first login.
    if (hasForeignRecord(layout, key.fingerprint)) this.#quarantine.leave();
  }

  /** What stands under a name, retired entries too; `undefined` when nothing does or it has expired. */
  read(name: string): Entry | undefined {
    return this.#read(name, this.#locate(name));
  }

  #read(name: string, located: Located | undefined): Entry | undefined {
    const entry = this.#unsaved.get(name, located?.stamp) ?? this.#readFile(name, located);
    if (!entry || !isExpired(entry.expires)) return entry;
    this.remove(name);
    return undefined;
  }

  /**
   * Replaces what stands under a name by what `change` makes of it. The entry itself says that what is
   * stored is right, `undefined` that there is nothing to do. Nothing comes between the reading and
   * the writing. On failure the old version stays, the new one is served from memory and stored as
   * soon as that works, and the error is thrown.
   */
  update(name: string, change: (current: Entry | undefined) => Entry | undefined): void {
    const located = this.#locate(name);
    const current = this.#read(name, located);
    const entry = change(current);
    // What is in memory only is not stored yet: then even the same entry is written.
    if (!entry || (entry === current && !this.#unsaved.has(name))) return;
    try {
      this.#store(name, entry, located);
    } catch (cause) {
      this.#unsaved.add(name, entry, this.#locate(name)?.stamp);
      throw toWriteError(this.layout.directory, cause);
    }
  }

  /** Removes what stands under a name; `false` when nothing did. */
  remove(name: string): boolean {
    this.#stage.forget(name);
    const wasThere = removeVersions(this.layout, name);
    this.#cache.delete(name);
    return this.#unsaved.delete(name) || wasThere;
  }

  /** Removes what stands under a name and has expired; `false` when something stands there after it. */
  removeExpired(name: string): boolean {
    const located = this.#locate(name);
    if (this.#unsaved.get(name, located?.stamp)) return false;
    if (!located) return true;
    const header = toHeader(located);
    return header !== undefined && isExpired(header.expires) && this.remove(name);
  }

  /** Whether this process holds some of a record itself, beside what is on the disk. */
  holds(name: string): boolean {
    return this.#stage.owns(name) || this.#unsaved.has(name);
  }

  /** What a file of this key says of itself, unchecked. */
  peek(name: string): SealHeader | undefined {
    const header = toHeader(this.#locate(name));
    return header?.fingerprint === this.fingerprint ? header : undefined;
  }

  /** Why the record under a name does not open, where it was left or set aside for that. */
  whyUnreadable(name: string): string | undefined {
    const located = this.#locate(name);
    const header = toHeader(located);
    if (header && header.fingerprint !== this.fingerprint) return 'wrong key';
    if (located && !header) return 'not permitted';
    return listQuarantined(this.layout).find((one) => one.name === name)?.reason;
  }

  /** The names of all records that begin with a prefix, in no order, each once. */
  async *names(prefix: string): AsyncGenerator<string, void> {
    const first = new Set([...this.#stage.names(), ...this.#unsaved.names()]);
    for (const name of first) if (name.startsWith(prefix)) yield name;
    for await (const name of listFolder(this.layout.directory)) {
      if (isRecordName(name) && name.startsWith(prefix) && !first.has(name)) yield name;
    }
  }

  /** As `names`, before it returns. */
  namesNow(prefix: string): string[] {
    const placed = readdirSync(this.layout.directory).filter(isRecordName);
    const names = new Set([...this.#stage.names(), ...this.#unsaved.names(), ...placed]);
    return [...names].filter((name) => name.startsWith(prefix));
  }

  /** Resolves when everything written by now is synced and in its place. */
  settled(): Promise<void> {
    return this.#promoter.settled();
  }

  #store(name: string, entry: Entry, located: Located | undefined): void {
    const toNext = (capacity?: number) => toSlot(this.#key, name, entry, capacity);
    const staged = located?.isStaged ? located.stamp : undefined;
    ensureFolder(this.layout, this.layout.staged);
    const stamp = this.#stage.write(name, toNext, staged);
    this.#promoter.add(name);
    this.#unsaved.delete(name);
    this.#cache.set(name, stamp, entry);
  }

  #storeUnsaved(name: string): void {
    const located = this.#locate(name);
    const entry = this.#unsaved.get(name, located?.stamp);
    if (entry) this.#store(name, entry, located);
  }

  #readFile(name: string, first: Located | undefined): Entry | undefined {
    // Again when the version that was found is gone before it is opened: it was renamed or replaced.
    for (let located = first; ; located = this.#locate(name)) {
      if (!located) {
        this.#cache.delete(name);
        return undefined;
      }
      const kept = this.#cache.get(name, located.stamp);
      if (kept) return kept;
      const entry = located.isFile
        ? this.#open(located.path, name, located.isStaged)
        : 'not a regular file';
      if (typeof entry === 'object') return entry;
      if (entry === 'wrong key' || (entry === 'not permitted' && located.isOfOther)) {
        this.#quarantine.leave();
        return undefined;
      }
      if (!entry) continue;
      this.#stage.forget(name);
      this.#quarantine.take(located.path, name, entry);
    }
  }

  /** The entry in a file, the reason why there is none, or `undefined` when the file has gone. */
  #open(
    path: string,
    name: string,
    isStaged: boolean,
  ): Entry | QuarantineReason | 'wrong key' | undefined {
    let whole: ReturnType<typeof readWhole>;
    try {
      whole = readWhole(path);
    } catch (error) {
      if (isNotPermitted(error)) return 'not permitted';
      throw error;
    }
    if (!whole) return undefined;
    const entry = toEntry(this.#key, name, whole.bytes, isStaged);
    if (typeof entry === 'object') this.#cache.set(name, whole.stamp, entry);
    return entry;
  }

  /** What the promoter may move: nothing that does not open, nothing that waits to be replaced. */
  #readStaged(name: string): StagedRecord | undefined {
    if (this.#unsaved.has(name)) return undefined;
    const whole = readWhole(this.#stage.pathOf(name));
    if (!whole) return undefined;
    const entry = toEntry(this.#key, name, whole.bytes, true);
    if (typeof entry !== 'object') return undefined;
    return { isAlone: isAlone(whole.bytes), toSlot: () => toSlot(this.#key, name, entry) };
  }

  #locate(name: string): Located | undefined {
    return locate(this.layout, name);
  }
}

function toHeader(located: Located | undefined): ReturnType<typeof readFileHeader> {
  return located?.isFile ? readFileHeader(located.path, located.isStaged) : undefined;
}
