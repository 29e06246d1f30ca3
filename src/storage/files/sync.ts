import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { openExisting } from './disk.ts';

/** Resolves when an open file is on the disk. */
export const syncFile: (fd: number) => Promise<void> = promisify(fsync);

/** Syncs a file that may have gone. */
export async function syncPath(path: string): Promise<void> {
  const fd = openExisting(path);
  if (fd === undefined) return;
  try {
    await syncFile(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes the names in a folder last. Windows cannot sync a directory, and its file system needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    await syncFile(fd);
  } finally {
    closeSync(fd);
  }
}
