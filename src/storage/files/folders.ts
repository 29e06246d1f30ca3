import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
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

/** The names in a folder that are wanted, a part at a time; none when it is not there. */
export async function* listFolder(
  path: string,
  isWanted: (name: string) => boolean = () => true,
): AsyncGenerator<string, void> {
  try {
    for await (const { name } of await opendir(path, { bufferSize: 1024 })) {
      if (isWanted(name)) yield name;
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
