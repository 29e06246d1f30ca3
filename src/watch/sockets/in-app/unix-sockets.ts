import { existsSync, rmSync } from 'node:fs';
import net from 'node:net';
import type { Handle } from '../../handle.ts';
import { keepPath, linkBoundPath, toBoundPath } from '../unix-path.ts';

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
