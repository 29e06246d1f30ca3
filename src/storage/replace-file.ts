import { close, openSync, renameSync } from 'node:fs';
import { codeOf, READ } from './disk.ts';

const IS_WINDOWS = process.platform === 'win32';

/**
 * Renames over whatever is there. Where the old file loses its last name and its last descriptor the
 * kernel frees it, which takes milliseconds while the journal is busy: the descriptor that is held here
 * moves that off this thread.
 */
export function replaceFile(from: string, to: string): void {
  if (IS_WINDOWS) {
    replaceOnWindows(from, to); // which replaces no file that is open
    return;
  }
  const old = openToHold(to);
  try {
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
