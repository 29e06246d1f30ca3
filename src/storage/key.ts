import { createHash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createSealKey, type SealKey } from '../session/seal.ts';
import { codeOf, removeFile, writeNew } from './disk.ts';
import { makeFolder } from './folders.ts';
import { replaceFile } from './replace-file.ts';

const KEY_TEXT = /^[0-9a-f]{64}\n?$/;

/**
 * The key that belongs to a folder: a session directory, or the root of a project. It is made once and
 * kept outside the project, in the user's state directory: what serves, images or commits the project
 * folder has nothing to give away.
 *
 * @param owner the folder, which must exist
 * @param stateDirectory where holdover keeps what belongs to the user
 * @param secret the key to use instead (SESSION_KEY), for containers and shared directories
 * @throws Error, in one sentence with the path, when the key cannot be read or made
 */
export function openSealKey(owner: string, stateDirectory: string, secret?: string): SealKey {
  if (secret !== undefined) return createSealKey(secret);
  const name = createHash('sha256').update(realpathSync.native(owner)).digest('hex');
  const folder = join(stateDirectory, 'keys');
  const path = join(folder, `${name.slice(0, 32)}.key`);
  try {
    return createSealKey(readKey(path) ?? makeKey(folder, path));
  } catch (cause) {
    throw new Error(
      `The key of ${owner} cannot be kept in ${path} (${codeOf(cause) ?? (cause as Error).message}). Make that folder writable, or set SESSION_KEY to a key of your own.`,
      { cause },
    );
  }
}

function readKey(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (!KEY_TEXT.test(text)) throw new Error('the file there is not a key; remove it');
  return Buffer.from(text.trim(), 'hex');
}

/** Two servers may start at the same time: the first to put its key in place wins, whole. */
function makeKey(folder: string, path: string): Buffer {
  makeFolder(folder);
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  writeNew(temporary, Buffer.from(`${randomBytes(32).toString('hex')}\n`));
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') replaceFile(temporary, path); // a file system without hard links
  } finally {
    removeFile(temporary);
  }
  const key = readKey(path);
  if (!key) throw new Error('it was removed while it was made');
  return key;
}
