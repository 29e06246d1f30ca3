import { close, linkSync, openSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import {
  codeOf,
  isSameStamp,
  READ,
  removeFile,
  statFile,
  writeNew,
  type FileStamp,
  IS_WINDOWS,
} from './disk.ts';
import { listNow } from './folders.ts';
import { isAlive } from './owners.ts';
import { syncFolder, syncPath } from './sync.ts';

const OWNER = `${process.pid}-${threadId}`;
const TEMPORARY_NAME = /^[0-9a-f]{64}\.(\d+)-(\d+)\.\d+\.tmp$/;
const TEMPORARY_END = /^\.(\d+)-(\d+)\.\d+\.tmp$/;
const ABANDONED_AFTER = 60_000;

let count = 0;

/**
 * Puts a new file over whatever is there, in one step: a reader finds the old one or the new one, whole.
 *
 * @param beforeIt is done right before that step
 */
export function writeOver(path: string, bytes: Buffer, beforeIt = (): void => {}): FileStamp {
  const temporary = toTemporary(path);
  const stamp = writeNew(temporary, bytes);
  try {
    replaceFile(temporary, path, beforeIt);
  } catch (error) {
    removeFile(temporary);
    throw error;
  }
  return stamp;
}

/**
 * As `writeOver`, and outlasts a power cut when it has resolved. What a process that has died meanwhile
 * has left of the same is removed first.
 *
 * @param beforeIt is done right before the old file is replaced
 */
export async function writeOverDurably(
  path: string,
  bytes: Buffer,
  beforeIt: () => void,
): Promise<void> {
  const folder = dirname(path);
  const own = basename(path);
  removeAbandoned(folder, (name) =>
    name.startsWith(own) ? TEMPORARY_END.exec(name.slice(own.length)) : null,
  );
  const temporary = toTemporary(path);
  writeNew(temporary, bytes);
  try {
    await syncPath(temporary);
    replaceFile(temporary, path, beforeIt);
  } catch (error) {
    removeFile(temporary);
    throw error;
  }
  await syncFolder(folder);
}

/**
 * Moves a file away, if it is still the version that was looked at. What another process has put there
 * in between stays: no file system can compare and move in one step, so that is brought back.
 *
 * @returns whether it was that version
 */
export function moveVersion(path: string, version: FileStamp, target: string): boolean {
  if (!isSameStamp(statFile(path), version)) return false;
  try {
    replaceFile(path, target);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false; // another process was faster
    throw error;
  }
  const moved = statFile(target);
  if (isSameStamp(moved, version) || moved?.isFile() === false) return true;
  bringBack(target, path);
  return false;
}

/**
 * Removes a file, if it is still the version that was looked at, as `moveVersion` does.
 *
 * @param folder where it may stand for a moment
 */
export function removeVersion(path: string, version: FileStamp, folder: string): boolean {
  const temporary = toTemporary(join(folder, basename(path)));
  return moveVersion(path, version, temporary) && removeFile(temporary);
}

/**
 * Clears up the half-written files in a folder of processes that have died, or have hung for a minute.
 *
 * @param match knows the names of such files, and whose they are
 */
export function removeAbandoned(
  folder: string,
  match = (name: string): RegExpExecArray | null => TEMPORARY_NAME.exec(name),
): void {
  for (const name of listNow(folder)) {
    const path = join(folder, name);
    if (isAbandoned(path, match(name))) removeFile(path);
  }
}

function isAbandoned(path: string, found: RegExpExecArray | null): boolean {
  const [, pid, thread] = found ?? [];
  if (!pid) return false;
  if (`${pid}-${thread}` === OWNER || !isAlive(Number(pid))) return true;
  const stats = statFile(path);
  return stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_AFTER;
}

function toTemporary(path: string): string {
  return `${path}.${OWNER}.${count++}.tmp`;
}

/** An even newer version that has come meanwhile is the one that counts. */
function bringBack(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return replaceFile(from, to); // a file system without hard links
  }
  removeFile(from);
}

/**
 * Renames over whatever is there. Where the old file loses its last name and its last descriptor the
 * kernel frees it, which takes milliseconds while the journal is busy: the descriptor that is held here
 * moves that off this thread.
 *
 * @param beforeIt is done right before the renaming
 */
export function replaceFile(from: string, to: string, beforeIt = (): void => {}): void {
  if (IS_WINDOWS) {
    beforeIt();
    replaceOnWindows(from, to); // which replaces no file that is open
    return;
  }
  const old = openToHold(to);
  try {
    beforeIt();
    renameSync(from, to);
  } finally {
    if (old !== undefined) close(old, () => {}); // it was opened for nothing but this
  }
}

/** Windows refuses for a moment while a scanner has the file open. */
function replaceOnWindows(from: string, to: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const isPassing = ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '');
      if (!isPassing || attempt === 10) throw error;
      pause(2 ** attempt);
    }
  }
}

function openToHold(path: string): number | undefined {
  try {
    return openSync(path, READ);
  } catch {
    return undefined; // nothing is there, or nothing that opens: the rename will say
  }
}

/** Blocks the thread: for the rare waits in which nothing else may happen. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
