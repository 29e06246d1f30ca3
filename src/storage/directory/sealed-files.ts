import { join } from 'node:path';
import type { Eventually } from '../../session/eventually.ts';
import type { SealHeader, SealKey } from '../../session/seal.ts';
import { isSameStamp, statFile, type FileStamp } from '../files/disk.ts';
import { toSlot, type Entry } from './file/record-file.ts';
import { toHeader } from './file/header.ts';
import type { Layout } from './layout.ts';
import { Promoter } from './stage/promoter.ts';
import { RecordReader } from './record-reader.ts';
import { removeAbandoned } from '../files/replace-file.ts';
import { RecordsInForce, RETIRED } from './records-in-force.ts';
import { liftRetirement, retire } from './retired.ts';
import { hasForeign, type ScanOptions } from './scan.ts';
import type { Slot } from './file/slots.ts';
import { OvertakenError, Stage } from './stage/stage.ts';
import { toWriteError, UnsavedWrites } from './unsaved.ts';
import { locate, removeVersionsSoon, type Located } from './file/versions.ts';

/** How often a record is read anew that other processes store all the time. */
const MOST_READINGS = 20;

/**
 * The records of a session directory, by file name: sealed, crash-safe, read from memory while the
 * file is unchanged. All methods but `removeSoon` and `settled` do their work before they return, so no
 * other call comes between their reading and their writing.
 *
 * A read finds the staged version first, then the one in its place; another process's writes and
 * removals count from the next read on. Of two processes that store the same name, the last one counts;
 * a name that one of them has retired is refused by all.
 *
 * A record of another key, or of another user that this one may not read, is not there for this process,
 * and stays for whoever it belongs to until it expires; who stores under its name replaces it.
 */
export class SealedFiles {
  readonly layout: Layout;
  /** Names the key of the directory without giving it away. */
  readonly fingerprint: string;
  readonly #key: SealKey;
  readonly #stage: Stage;
  readonly #promoter: Promoter;
  readonly #reader: RecordReader;
  readonly #unsaved: UnsavedWrites;
  readonly #inForce: RecordsInForce;

  /** @param capacity how much of what was read is kept in memory, in bytes of files; @default 32 MB */
  constructor(layout: Layout, key: SealKey, report: (message: string) => void, capacity?: number) {
    this.layout = layout;
    this.#key = key;
    this.fingerprint = key.fingerprint;
    this.#stage = new Stage(layout);
    this.#promoter = new Promoter(layout, this.#stage, (name) => this.#findWhole(name));
    this.#reader = new RecordReader(layout, key, report, capacity);
    this.#unsaved = new UnsavedWrites((name) => this.#storeUnsaved(name));
    this.#inForce = new RecordsInForce(layout, this.#stage, this.#reader, this.#unsaved);
    for (const folder of [layout.staged, layout.retired]) removeAbandoned(folder);
    // Reading first: what a power cut has torn is set aside instead.
    for (const name of this.#stage.names()) if (this.read(name)) this.#promoter.takeOver(name);
    // So that a lost key is said at the start and not at the first login.
    if (hasForeign(layout, key.fingerprint)) this.#reader.sayForeign();
  }

  /** What stands under a name; `undefined` when nothing does, it has expired, or the name is retired. */
  read(name: string): Entry | undefined {
    const entry = this.#inForce.read(name, locate(this.layout, name));
    return entry === RETIRED ? undefined : entry;
  }

  isRetired(name: string): boolean {
    return this.#inForce.read(name, locate(this.layout, name)) === RETIRED;
  }

  /**
   * Replaces what stands under a name by what `change` makes of it. The entry itself says that what is
   * stored is right, `undefined` that there is nothing to do. Nothing of this process comes between the
   * reading and the writing.
   * On failure the error is thrown and the old version stays; the new one is served from memory and
   * stored as soon as that works, unless there is much of that already.
   *
   * @param isOneStep whether no version may be replaced but the one that was read, however the text changes:
   * `change` is called again with what another process has stored meanwhile
   * @returns `false`, with nothing stored, when the name is retired
   */
  update(
    name: string,
    change: (current: Entry | undefined) => Entry | undefined,
    isOneStep = false,
  ): boolean {
    for (let count = 1; ; count++) {
      const located = locate(this.layout, name);
      const current = this.#inForce.read(name, located);
      if (current === RETIRED) return false;
      const entry = change(current);
      // What is in memory only is not stored yet: then even the same entry is written.
      if (!entry || (entry === current && !this.#unsaved.has(name))) return true;
      // What keeps its text must not put that over a newer one.
      const isOfRead = isOneStep || (entry.text === current?.text && count < MOST_READINGS);
      try {
        this.#store(name, entry, located, isOfRead);
        return !this.#inForce.removeIfRetired(name); // another process has retired it meanwhile
      } catch (cause) {
        if (cause instanceof OvertakenError && count < MOST_READINGS) continue;
        if (cause instanceof OvertakenError) throw cause;
        const isKept = this.#unsaved.add(name, entry, locate(this.layout, name)?.stamp);
        throw toWriteError(this.layout.directory, cause, isKept);
      }
    }
  }

  /** Removes what stands under a name, but no retirement; `false` when nothing did. */
  remove(name: string): boolean {
    return this.#inForce.remove(name);
  }

  /** As `remove`. Of many at once it is faster: other threads wait for the disk. */
  removeSoon(name: string): Eventually<boolean> {
    return this.holds(name) ? this.remove(name) : removeVersionsSoon(this.layout, name);
  }

  /** Removes what stands under a name and, if there was something, refuses the name. Fails as `update`. */
  retire(name: string, until: number): void {
    const entry = this.#inForce.read(name, locate(this.layout, name));
    // One that could not be stored is tried again.
    if (!entry || (entry === RETIRED && !this.#unsaved.retiredUntil(name))) return;
    try {
      this.#retire(name, until);
    } catch (cause) {
      this.#unsaved.retire(name, until);
      throw toWriteError(this.layout.directory, cause, true);
    }
  }

  /** Lifts a retirement, if there is one; what was retired does not come back. */
  revive(name: string): void {
    if (!this.isRetired(name)) return;
    this.remove(name);
    this.#unsaved.revive(name);
    liftRetirement(this.layout, name);
  }

  /** Removes what stands under a name and has expired; `false` when something stands there after it. */
  removeExpired(name: string): boolean {
    return this.#inForce.removeExpired(name);
  }

  /** Whether this process holds some of a record itself, beside what is on the disk. */
  holds(name: string): boolean {
    return this.#stage.owns(name) || this.#unsaved.has(name);
  }

  /** What a file of this key says of itself, unchecked. */
  peek(name: string): SealHeader | undefined {
    const header = toHeader(locate(this.layout, name));
    return header?.fingerprint === this.fingerprint ? header : undefined;
  }

  /** How to go through the records whose names begin with a prefix, those too that are not stored yet. */
  toScan(prefix: string): ScanOptions {
    return { layout: this.layout, prefixes: [prefix], also: this.#unsaved.names() };
  }

  /** Resolves when everything written by now is synced and in its place. */
  settled(): Promise<void> {
    return this.#promoter.settled();
  }

  /** As `Stage.write`. */
  #store(name: string, entry: Entry, current?: Located, isOnlyOver = false): void {
    const toNext = (capacity?: number, after?: number): Slot =>
      toSlot(this.#key, name, entry, capacity, after);
    const stamp = this.#stage.write(name, toNext, current, isOnlyOver);
    this.#promoter.add(name);
    this.#unsaved.delete(name);
    this.#reader.keep(name, stamp, entry);
  }

  /** The retirement first: whoever stores meanwhile finds it then, and takes back what it has stored. */
  #retire(name: string, until: number): void {
    retire(this.layout, name, until);
    this.#promoter.sync(join(this.layout.retired, name));
    this.#unsaved.revive(name);
    this.#inForce.clearRetired(name);
  }

  #storeUnsaved(name: string): void {
    const until = this.#unsaved.retiredUntil(name);
    if (until) return this.#retire(name, until);
    const entry = this.#unsaved.get(name, locate(this.layout, name)?.stamp);
    if (entry) this.#store(name, entry);
  }

  /** What the promoter may move: alone in its file, nothing that does not open or waits to be replaced. */
  #findWhole(name: string): FileStamp | undefined {
    const located = locate(this.layout, name);
    if (!located?.isStaged || this.#unsaved.has(name)) return undefined;
    if (this.#reader.isAlone(name, located)) return located.stamp;
    const entry = this.read(name);
    if (!entry || !isSameStamp(statFile(located.path), located.stamp)) return;
    return this.#stage.replace(name, toSlot(this.#key, name, entry), located.stamp);
  }
}
