import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './disk.ts';

/**
 * Says before a server starts what would otherwise fail at its first session.
 *
 * @throws Error, in one sentence, when nothing can be stored in the directory
 */
export function checkWritable(directory: string): void {
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(`${existing}/`, constants.W_OK | constants.X_OK); // a file is refused by the slash
  } catch (cause) {
    const fault = codeOf(cause) === 'ENOTDIR' ? 'no folder' : 'not writable';
    throw new Error(
      `Sessions cannot be kept in ${directory}, because ${existing} is ${fault}. Make it a writable folder, or name another directory with SESSION_FILE_DIR.`,
      { cause },
    );
  }
}
