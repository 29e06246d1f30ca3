import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { MAX_TEXT_BYTES } from '../../session/storage.ts';
import { preciseNow } from './clock.ts';

/** Tells one version of a file from the next, without reading it. */
export interface FileStamp {
  ino: number;
  size: number;
  mtimeMs: number;
}

export const IS_WINDOWS = process.platform === 'win32';
/** Refuses to open a link. Not on Windows, where `statFile` is all there is. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
/** Opening a pipe to read it would wait for a writer. */
export const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | NO_FOLLOW;

/** No record file is larger: two versions of the largest text, with room for each to grow. */
const MAX_RECORD_SIZE = 3 * MAX_TEXT_BYTES;

/** By how much the clock is behind the last stamp when it was set back and not just read twice, in milliseconds. */
const CLOCK_STEP = 1000;

/** What tells two stamps apart in a file system that cuts them to microseconds, in milliseconds. */
const STAMP_STEP = 0.002;

let lastStamp = 0;

/** The code of a system error, or `undefined`. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Whether a file cannot be read, by this user or because it is a link, a folder, a pipe or a socket. */
export function isNotPermitted(error: unknown): boolean {
  const codes = ['EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'EMLINK', 'ESPIPE', 'ENXIO'];
  return codes.includes(codeOf(error) ?? '');
}

/** What stands at a path, links not followed; `undefined` when nothing does. */
export function statFile(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined; // a file is on the way
    throw error;
  }
}

/** Whether two stamps are of the same version of a file. */
export function isSameStamp(a: FileStamp | undefined, b: FileStamp | undefined): boolean {
  if (!a || !b) return a === b;
  return a.ino === b.ino && a.mtimeMs === b.mtimeMs && a.size === b.size;
}

/** Reads a regular file, or its first `length` bytes. `undefined` when it is not there any more. */
export function readWhole(
  path: string,
  length?: number,
): { bytes: Buffer; stamp: FileStamp } | undefined {
  const fd = openExisting(path, READ);
  if (fd === undefined) return undefined;
  try {
    const stamp = fstatSync(fd);
    if (!stamp.isFile()) return { bytes: Buffer.alloc(0), stamp };
    const bytes = Buffer.allocUnsafe(Math.min(stamp.size, length ?? MAX_RECORD_SIZE));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return { bytes: bytes.subarray(0, filled), stamp };
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes a new file of mode 0600, all of it or nothing: `writeSync` may write less than it was given
 * when the disk is nearly full, and only the next call tells why.
 */
export function writeNew(path: string, bytes: Buffer): FileStamp {
  const fd = openSync(path, 'wx', 0o600);
  try {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(fd, bytes, written, bytes.length - written);
    }
    stampApart(fd);
    const stamp = fstatSync(fd);
    if (!IS_WINDOWS && (stamp.mode & 0o777) !== 0o600) fchmodSync(fd, 0o600);
    closeSync(fd);
    return stamp;
  } catch (error) {
    try {
      closeSync(fd);
    } catch {
      // it was the closing that failed; the error that counts is the first
    }
    removeFile(path);
    throw error;
  }
}

/**
 * Opens a file; `undefined` when it is not there. Links are refused.
 *
 * @param flags @default reading and writing
 */
export function openExisting(
  path: string,
  flags = constants.O_RDWR | NO_FOLLOW,
): number | undefined {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Overwrites a part of an open file. */
export function overwrite(fd: number, bytes: Buffer, position: number): FileStamp {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
  stampApart(fd);
  return fstatSync(fd);
}

/** Removes a file; `false` when there was none. */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Gives every version a modification time of its own. The kernel's clock for files ticks every 4 ms
 * or so and inodes are used again, so two versions written in one tick could look the same.
 */
function stampApart(fd: number): void {
  const now = preciseNow();
  // The clock may be set back, too.
  lastStamp = now > lastStamp || now < lastStamp - CLOCK_STEP ? now : lastStamp + STAMP_STEP;
  try {
    futimesSync(fd, lastStamp / 1000, lastStamp / 1000);
  } catch (error) {
    // Some network and FUSE file systems keep their own times: their versions stay as they stamp them.
    if (!['EPERM', 'ENOSYS', 'EINVAL'].includes(codeOf(error) ?? '')) throw error;
  }
}
