import { chmodSync, mkdirSync, opendirSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, statFile } from './disk.ts';

/** Makes a folder and those above it, of mode 0700 whatever the umask is. */
export function makeFolder(path: string): void {
  if (statFile(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  chmodSync(path, 0o700);
}

/** All names in a folder; none when it is not there, or was removed under the running server. */
export function listNow(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The names in a folder, read a part at a time; none when it is not there, or no more when it has gone. */
export function* eachName(path: string): Generator<string> {
  try {
    const folder = opendirSync(path, { bufferSize: 1024 });
    try {
      for (let file = folder.readSync(); file; file = folder.readSync()) yield file.name;
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
