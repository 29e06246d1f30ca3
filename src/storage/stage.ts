import { closeSync, readdirSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import {
  codeOf,
  isSameStamp,
  openExisting,
  overwrite,
  removeFile,
  statFile,
  writeNew,
  type FileStamp,
} from './disk.ts';
import { replaceFile } from './replace-file.ts';
import { isRecordName, type Layout } from './paths.ts';
import { isAlive } from './processes.ts';
import { fits, offsetOf, toFile, toSlot, type Slot } from './slots.ts';
import { toStaged } from './versions.ts';

const OWNER = `${process.pid}-${threadId}`;
const TEMPORARY_NAME = /^[0-9a-f]{64}\.(\d+)-(\d+)\.\d+\.tmp$/;
const ABANDONED_AFTER = 60_000;
const UNKNOWN: FileStamp = { ino: -1, size: -1, mtimeMs: -1 };

/** How many staged files are kept open for the next version. */
const OPEN_FILES = 64;

/** A staged file as this process has left it. */
interface OwnFile {
  stamp: FileStamp;
  capacity: number;
  /** The slot that counts. */
  slot: 0 | 1;
  /** Open for the next version, once there was a second one. */
  fd: number | undefined;
}

/**
 * Where a new version of a record waits, whole, beside its target until it is synced. It counts from
 * the moment it is here: readers look here first.
 *
 * A version that this process staged, and nobody has touched since, is followed by the next one in the
 * other slot of its file; any other is replaced by a file of its own. Whenever the process dies, a
 * whole version is found.
 */
export class Stage {
  readonly #layout: Layout;
  readonly #own = new Map<string, OwnFile>();
  #count = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** The path of the staged version. */
  pathOf(name: string): string {
    return toStaged(this.#layout, name);
  }

  /**
   * Stages a new version. When this returns, it is with the kernel and every reader sees it.
   *
   * @param toNext seals it, for a file of a given capacity or for one of its own
   * @param staged what is staged at this moment
   */
  write(
    name: string,
    toNext: (capacity?: number) => Slot,
    staged: FileStamp | undefined,
  ): FileStamp {
    const own = this.#own.get(name);
    if (own && staged && isSameStamp(own.stamp, staged)) {
      const next = toNext(own.capacity);
      if (fits(next.sealed.length, own.capacity)) return this.#writeInPlace(name, own, next);
    }
    return this.replace(name, toNext());
  }

  /** Stages a version in a new file, where it is alone. */
  replace(name: string, next: Slot): FileStamp {
    const path = this.pathOf(name);
    const temporary = `${path}.${OWNER}.${this.#count++}.tmp`;
    const stamp = writeNew(temporary, toFile(next));
    try {
      this.forget(name);
      replaceFile(temporary, path);
    } catch (error) {
      removeFile(temporary);
      throw error;
    }
    this.#own.set(name, { stamp, capacity: next.capacity, slot: 0, fd: undefined });
    return stamp;
  }

  /** Lets go of a file that is about to leave: Windows moves and removes none that is open. */
  forget(name: string): void {
    const fd = this.#own.get(name)?.fd;
    if (fd !== undefined) closeSync(fd);
    this.#own.delete(name);
  }

  /** Whether this process has staged a version, and may have it open for the next one. */
  owns(name: string): boolean {
    return this.#own.has(name);
  }

  /** Moves what is staged to another place; `false` when nothing is staged. */
  moveTo(name: string, place: string): boolean {
    this.forget(name);
    if (!statFile(this.pathOf(name))) return false;
    try {
      replaceFile(this.pathOf(name), place);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false; // another process was faster
      throw error;
    }
  }

  /** The names of everything staged. */
  names(): string[] {
    return this.#entries().filter(isRecordName);
  }

  /** Clears up the half-written files of processes that died. */
  recover(): void {
    for (const entry of this.#entries()) {
      const path = this.pathOf(entry);
      if (isAbandoned(path, entry)) removeFile(path);
    }
  }

  #entries(): string[] {
    try {
      return readdirSync(this.#layout.staged);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []; // somebody has removed it under the running server
      throw error;
    }
  }

  #writeInPlace(name: string, own: OwnFile, next: Slot): FileStamp {
    const fd = own.fd ?? openExisting(this.pathOf(name));
    if (fd === undefined) return this.replace(name, next);
    const slot = own.slot === 0 ? 1 : 0;
    // Unknown while it is written: after an error the file is not as this process knows it.
    this.#own.set(name, { ...own, slot, fd, stamp: UNKNOWN });
    const stamp = overwrite(fd, toSlot(next), offsetOf(slot, own.capacity));
    const isKept = this.#own.size <= OPEN_FILES;
    if (!isKept) closeSync(fd);
    this.#own.set(name, { ...own, slot, stamp, fd: isKept ? fd : undefined });
    return stamp;
  }
}

function isAbandoned(path: string, entry: string): boolean {
  const [, pid, thread] = TEMPORARY_NAME.exec(entry) ?? [];
  if (!pid) return false;
  if (`${pid}-${thread}` === OWNER || !isAlive(Number(pid))) return true;
  const stats = statFile(path);
  return stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_AFTER;
}
