import { createHash } from 'node:crypto';
import { existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Handle } from '../handle.ts';

/*
 * A unix socket is reached by its path, and paths come and go: libuv removes the one that it has bound
 * when the handle is closed, and apps remove theirs before they listen. So the socket is bound under
 * another name, and the app's path is a hard link to it; a second link is kept and outlives all runs.
 */

/** Where a socket is bound that can be reached under a path of the app. */
export function toBoundPath(path: string): string {
  return join(dirname(path), `.holdover-${toHash(path)}`);
}

/** Where a socket is kept that the app may have to be reached under again. */
function toKeptPath(path: string): string {
  return `${toBoundPath(path)}-kept`;
}

/** Lets a socket that is bound be reached under the path of the app. @returns whether it can be */
export function linkBoundPath(path: string): boolean {
  try {
    linkSync(toBoundPath(path), path);
    return true;
  } catch {
    return false; // there is something, or the file system has no links
  }
}

/** Keeps a socket from now on: what removes the bound path does not find it. */
export function keepPath(path: string): void {
  try {
    renameSync(toBoundPath(path), toKeptPath(path));
  } catch {
    // closed already
  }
}

/** Lets a socket that is kept be reached under the path of the app again. @returns whether it can be */
export function restorePath(path: string): boolean {
  if (isOurs(path)) return true;
  try {
    linkSync(toKeptPath(path), path);
    return true;
  } catch {
    return false; // something else is there
  }
}

/** Whether a path leads to the socket that was bound for it. */
function isOurs(path: string): boolean {
  const [own, ...ours] = [path, toBoundPath(path), toKeptPath(path)].map((name) =>
    statSync(name, { throwIfNoEntry: false, bigint: true }),
  );
  return ours.some((one) => own && one && one.ino === own.ino && one.dev === own.dev);
}

/** Forgets a socket; its path goes, unless something else is there by now. */
export function removePath(path: string): void {
  if (isOurs(path)) rmSync(path, { force: true });
  for (const name of [toBoundPath(path), toKeptPath(path)]) rmSync(name, { force: true });
}

function toHash(path: string): string {
  return createHash('sha256').update(basename(path)).digest('hex').slice(0, 8);
}

/** What the path of a unix socket may have, in bytes; a longer one is cut by the system. */
const LONGEST_PATH = 100;

/** Whether the socket at a path can outlive the app: pipes of Windows and abstract sockets cannot. */
export function canKeepPath(path: string): boolean {
  const isFile = process.platform !== 'win32' && !path.startsWith('\0');
  return isFile && Buffer.byteLength(toBoundPath(path)) <= LONGEST_PATH;
}

/**
 * Binds a socket so that it can be kept.
 *
 * `_createServerHandle` is not documented; it is the same from Node 20 to 24. Where it is missing, or
 * something is at the path already, Node binds the path itself, with the errors that this may have.
 */
export function bindPath(path: string): Handle | null {
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle?: (path: string, port: number, type: number) => Handle | number;
  };
  if (!create || existsSync(path)) return null;
  rmSync(toBoundPath(path), { force: true }); // of a run that was killed
  const handle = create(toBoundPath(path), -1, -1);
  if (typeof handle === 'number') return null;
  if (!linkBoundPath(path)) {
    handle.close();
    return null;
  }
  setImmediate(keepPath, path); // `readableAll` changes the modes under the bound name first
  return handle;
}
