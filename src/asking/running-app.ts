import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveStateDirectory, toRealPath } from '../options/project.ts';

/** How to ask a running app. Only its user can read this. */
export interface RunningApp {
  /** Of `holdover watch`, or of Vite. */
  pid: number;
  /** For people: the entry, or the root of Vite. */
  name: string;
  /** The unix socket or named pipe on which it answers. */
  path: string;
  /** The app answers only questions that carry it. */
  token: string;
}

/** Longer paths fail for unix sockets on some systems, in bytes. */
const MAX_SOCKET_PATH_BYTES = 100;

/** Returns the folder with one file for each running app, of mode 0700. */
export function toFolder(): string {
  return join(resolveStateDirectory(), 'running');
}

/** Returns the prefix of the file names of a project's apps. */
export function toPrefix(root: string): string {
  return `${createHash('sha256').update(toRealPath(root)).digest('hex').slice(0, 16)}-`;
}

/** Returns a new path in the state directory, or among the temporary files if that path is too long. */
export function toSocketPath(folder: string): string {
  const name = `${process.pid}-${randomBytes(8).toString('hex')}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\holdover-${name}`;
  const path = join(folder, `${name}.sock`);
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES
    ? path
    : join(tmpdir(), `holdover-${name}.sock`);
}
