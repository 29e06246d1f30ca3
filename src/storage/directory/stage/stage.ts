import { closeSync, fstatSync } from 'node:fs';
import {
  codeOf,
  isSameStamp,
  openExisting,
  overwrite,
  readWhole,
  statFile,
  type FileStamp,
} from '../../files/disk.ts';
import { listNow } from '../../files/folders.ts';
import { replaceFile } from '../../files/replace-file.ts';
import { isRecordName, type Layout } from '../layout.ts';
import { writeInto } from '../prepare.ts';
import { fits, fromFile, offsetOf, toFile, toSlot, type Slot } from '../file/slots.ts';
import { locate, toStaged, type Located } from '../file/versions.ts';

const UNKNOWN: FileStamp = { ino: -1, size: -1, mtimeMs: -1 };

/** How many staged files are kept open for the next version. */
const OPEN_FILES = 64;

/** Another process has stored a version where an older one was expected. */
export class OvertakenError extends Error {
  constructor() {
    super(
      'A session could not be changed, because other processes store it all the time. Try again.',
    );
  }
}

/** A staged file as this process has left it. */
interface OwnFile {
  stamp: FileStamp;
  capacity: number;
  /** The slot that counts, and its version. */
  slot: 0 | 1;
  version: number;
  /** Open for the next version, once there was a second one. */
  fd: number | undefined;
}

/**
 * Where a new version of a record waits, whole, beside its target until it is synced. It counts from
 * the moment it is here: readers look here first.
 *
 * A version that this process staged, and nobody has touched since, is followed by the next one in the
 * other slot of its file, which no other process writes to; any other is replaced by a file of its own,
 * in one step. So of several processes that stage a record the last one counts, and whenever a process
 * dies, a whole version is found.
 */
export class Stage {
  readonly #layout: Layout;
  readonly #own = new Map<string, OwnFile>();

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
   * @param toNext seals it: for a file of a given capacity, after a given version, or for one of its own
   * @param current the version that was in force a moment ago
   * @param isOnlyOver whether no other version than that may be replaced
   * @throws OvertakenError when another process has stored another version meanwhile
   */
  write(
    name: string,
    toNext: (capacity?: number, after?: number) => Slot,
    current: Located | undefined,
    isOnlyOver: boolean,
  ): FileStamp {
    const own = this.#own.get(name);
    if (own && current?.isStaged && isSameStamp(own.stamp, current.stamp)) {
      const next = toNext(own.capacity, own.version);
      const isFitting = fits(next.sealed.length, own.capacity);
      const stamp = isFitting ? this.#writeInPlace(name, own, next) : undefined;
      if (stamp) return stamp;
    }
    return this.replace(name, toNext(), isOnlyOver ? current?.stamp : undefined);
  }

  /**
   * Stages a version in a new file, where it is alone. As `write`.
   *
   * @param expected the version in force that may be replaced; @default any
   */
  replace(name: string, next: Slot, expected?: FileStamp): FileStamp {
    const { staged } = this.#layout;
    const stamp = writeInto(this.#layout, staged, name, toFile(next), () => {
      this.forget(name);
      const current = expected && locate(this.#layout, name)?.stamp;
      if (!isSameStamp(current, expected)) throw new OvertakenError();
    });
    const { capacity, version } = next;
    this.#own.set(name, { stamp, capacity, version, slot: 0, fd: undefined });
    return stamp;
  }

  /** Stages a version again, in a new file, unless another one has come in its place. */
  rewrite(name: string, version: FileStamp): void {
    const whole = readWhole(this.pathOf(name));
    const slots = whole && isSameStamp(whole.stamp, version) ? fromFile(whole.bytes) : [];
    if (typeof slots === 'object' && slots[0]) this.replace(name, slots[0]);
  }

  /** Lets go of a file that is about to leave: Windows moves and removes none that is open. */
  forget(name: string): void {
    const fd = this.#own.get(name)?.fd;
    if (fd !== undefined) closeSync(fd);
    this.#own.delete(name);
  }

  /** Whether this process has staged a record, and may have it open for the next version. */
  owns(name: string): boolean {
    return this.#own.has(name);
  }

  /** Whether this process has staged this version. */
  isOwn(name: string, version: FileStamp): boolean {
    return isSameStamp(this.#own.get(name)?.stamp, version);
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
    return listNow(this.#layout.staged).filter(isRecordName);
  }

  /** `undefined` when the file is not the staged one, or is not any more when it is written. */
  #writeInPlace(name: string, own: OwnFile, next: Slot): FileStamp | undefined {
    const fd = own.fd ?? this.#openOwn(name, own.stamp);
    if (fd === undefined) return undefined;
    const slot = own.slot === 0 ? 1 : 0;
    const { version } = next;
    // Unknown while it is written: after an error the file is not as this process knows it.
    this.#own.set(name, { ...own, slot, version, fd, stamp: UNKNOWN });
    const stamp = overwrite(fd, toSlot(next), offsetOf(slot, own.capacity));
    const isKept = this.#own.size <= OPEN_FILES;
    if (!isKept) closeSync(fd);
    this.#own.set(name, { ...own, slot, version, stamp, fd: isKept ? fd : undefined });
    // Another process may have put its file in the place of this one while it was written.
    return statFile(this.pathOf(name))?.ino === stamp.ino ? stamp : undefined;
  }

  /** Opens the staged file, if it is the one that this process has left there. */
  #openOwn(name: string, stamp: FileStamp): number | undefined {
    const fd = openExisting(this.pathOf(name));
    if (fd === undefined || isSameStamp(fstatSync(fd), stamp)) return fd;
    closeSync(fd);
    return undefined;
  }
}
