import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveStateDirectory, toRealPath } from '../../options/project.ts';

/** What a command has to know to ask an app that runs. Only the user can read it. */
export interface RunningApp {
  /** Of `holdover watch`, or of Vite. */
  pid: number;
  /** For people: the entry, or where Vite is. */
  name: string;
  /** The unix socket or named pipe that it answers on. */
  path: string;
  /** Known to the user alone: whoever does not have it is not answered. */
  token: string;
}

/** Systems have no longer paths for unix sockets, in bytes. */
const LONGEST = 100;

/** Where it is noted which apps run, of mode 0700. */
export function toFolder(): string {
  return join(resolveStateDirectory(), 'running');
}

/** What the notes of a project begin with. */
export function toPrefix(root: string): string {
  return `${createHash('sha256').update(toRealPath(root)).digest('hex').slice(0, 16)}-`;
}

/** A socket in the user's state directory; where that is too deep, among temporary files. */
export function toSocketPath(folder: string): string {
  const name = `${process.pid}-${randomBytes(8).toString('hex')}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\holdover-${name}`;
  const path = join(folder, `${name}.sock`);
  return Buffer.byteLength(path) <= LONGEST ? path : join(tmpdir(), `holdover-${name}.sock`);
}
