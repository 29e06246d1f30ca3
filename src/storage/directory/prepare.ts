import { chmodSync, lchownSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, statFile, writeNew, type FileStamp } from '../files/disk.ts';
import { makeFolder } from '../files/folders.ts';
import { isRecordName, NAMESPACES_FILE, type Layout } from './layout.ts';
import { writeOver } from '../files/replace-file.ts';

/** What may stand in a folder that holdover has begun to use, and in one that is as good as empty. */
const OWN_NAMES =
  /^(staged|retired|quarantine|state|\.namespaces|\.lastExpire|\.gitignore|\.gitkeep)$/;

/**
 * Makes the folders of a session directory where they are missing: mode 0700 under any umask, real
 * directories of this user. Looser modes are tightened.
 *
 * @returns whether the session directory was made
 * @throws Error, in one sentence with the path, when it cannot be made or is not safe to use; then
 * nothing was changed
 */
export function prepareDirectory(layout: Layout): boolean {
  checkDirectory(layout);
  const isNew = !statFile(layout.directory);
  const { directory, staged, retired, quarantine } = layout;
  for (const path of [directory, staged, retired, quarantine]) prepareFolder(path);
  if (isNew || !statFile(layout.ignoreFile)) writeIgnoreFile(layout.ignoreFile);
  return isNew;
}

/** Puts a file over whatever is there in a folder of a session directory, which is made if it has gone. */
export function writeInto(
  layout: Layout,
  folder: string,
  name: string,
  bytes: Buffer,
  beforeIt?: () => void,
): FileStamp {
  ensureFolder(layout, folder);
  try {
    return writeOver(join(folder, name), bytes, beforeIt);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    prepareDirectory(layout); // somebody has removed it in between
    return writeOver(join(folder, name), bytes, beforeIt);
  }
}

/** Makes sure, before something is written into a folder of a session directory, that it is one. */
export function ensureFolder(layout: Layout, path: string): void {
  if (!statFile(path)?.isDirectory()) prepareDirectory(layout); // somebody has removed it
}

/**
 * Looks whether a path may be used as a session directory: nothing is there, or an empty folder, or
 * one that holdover has made, and no link is on the way that a project may have brought along.
 *
 * @throws Error, in one sentence with the path and one that says what to do, when it may not
 */
export function checkDirectory(layout: Layout): void {
  const { home, directory, staged, retired, quarantine } = layout;
  if (home) checkFolder(home);
  checkFolder(directory);
  checkOrigin(layout);
  for (const path of [staged, retired, quarantine]) checkFolder(path);
  const namespaces = statFile(join(directory, NAMESPACES_FILE));
  if (namespaces && !namespaces.isFile()) {
    throw new Error(
      `${join(directory, NAMESPACES_FILE)} is a link or a folder, which holdover does not write to. Remove it.`,
    );
  }
}

function checkOrigin({ directory, staged, quarantine }: Layout): void {
  if (!statFile(directory) || (statFile(staged) && statFile(quarantine))) return;
  if (statFile(join(directory, NAMESPACES_FILE))) return; // it was emptied by somebody
  if (readdirSync(directory).every((name) => OWN_NAMES.test(name) || isRecordName(name))) return;
  throw new Error(
    `The folder ${directory} is not empty and holdover has not made it, so it is left as it is. Name a new or an empty folder with SESSION_FILE_DIR, such as ${join(directory, 'sessions')}.`,
  );
}

function checkFolder(path: string): void {
  const stats = statFile(path);
  if (!stats) return;
  if (!stats.isDirectory()) {
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
}

function prepareFolder(path: string): void {
  const isNew = !statFile(path);
  try {
    makeFolder(path);
  } catch (cause) {
    throw new Error(
      `The session directory ${path} cannot be made (${codeOf(cause)}). Make its parent writable, or name another directory with SESSION_FILE_DIR.`,
      { cause },
    );
  }
  if (isNew) giveToOwner(path);
  checkFolder(path);
  if (process.getuid && ((statFile(path)?.mode ?? 0) & 0o777) !== 0o700) chmodSync(path, 0o700);
}

/** A folder that root makes in one of another user's would keep that user out. */
function giveToOwner(path: string): void {
  const { uid, gid } = statFile(dirname(path)) ?? { uid: 0, gid: 0 };
  if (process.getuid?.() === 0 && uid !== 0) lchownSync(path, uid, gid);
}

function writeIgnoreFile(path: string): void {
  try {
    writeNew(path, Buffer.from('*\n'));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}
