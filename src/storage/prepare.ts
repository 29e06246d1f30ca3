import { chmodSync } from 'node:fs';
import { codeOf, statFile, writeNew } from './disk.ts';
import { makeFolder } from './folders.ts';
import type { Layout } from './paths.ts';

/**
 * Makes the folders of a session directory where they are missing: mode 0700 under any umask, real
 * directories of this user. Looser modes are tightened.
 *
 * @returns whether the session directory was made
 * @throws Error, in one sentence with the path, when it cannot be made or is not safe to use
 */
export function prepareDirectory(layout: Layout): boolean {
  const isNew = !statFile(layout.directory);
  for (const path of [layout.directory, layout.staged, layout.quarantine]) prepareFolder(path);
  if (isNew || !statFile(layout.ignoreFile)) writeIgnoreFile(layout.ignoreFile);
  return isNew;
}

function prepareFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (cause) {
    throw new Error(
      `The session directory ${path} cannot be made (${codeOf(cause)}). Make its parent writable, or name another directory with SESSION_FILE_DIR.`,
      { cause },
    );
  }
  const stats = statFile(path);
  if (!stats?.isDirectory()) {
    throw new Error(
      `The session directory ${path} is a link or a file, which holdover does not follow. Remove it, or name another directory with SESSION_FILE_DIR.`,
    );
  }
  const user = process.getuid?.();
  if (user === undefined) return; // Windows has no modes: the user's profile protects the project
  if (stats.uid !== user && user !== 0) {
    throw new Error(
      `The session directory ${path} belongs to another user. Remove it, or name another directory with SESSION_FILE_DIR.`,
    );
  }
  if ((stats.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
}

function writeIgnoreFile(path: string): void {
  try {
    writeNew(path, Buffer.from('*\n'));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}
