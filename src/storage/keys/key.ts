import { createHash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSealKey, type SealKey } from '../../session/seal.ts';
import type { StorageOptions } from '../options.ts';
import { codeOf, removeFile, writeNew } from '../files/disk.ts';
import { makeFolder } from '../files/folders.ts';
import { replaceFile } from '../files/replace-file.ts';

const KEY_TEXT = /^[0-9a-f]{64}\n?$/;

/**
 * The key that belongs to a folder, such as the root of a project. It is made once and kept outside the
 * project, in the user's state directory: what serves, images or commits the project folder has nothing
 * to give away.
 *
 * @param owner the folder, which must exist
 * @param stateDirectory where holdover keeps what belongs to the user
 * @param secret the key to use instead (SESSION_KEY), for containers and shared directories
 * @throws Error, in one sentence with the path, when the key cannot be read or made
 */
export function openSealKey(owner: string, stateDirectory: string, secret?: string): SealKey {
  if (secret !== undefined) return createSealKey(secret);
  return openKeyFile(toKeyPath(stateDirectory, toRealPath(owner)), owner);
}

type DirectoryKeyOptions = Pick<
  StorageOptions,
  'root' | 'directory' | 'stateDirectory' | 'sealingSecret'
>;

/**
 * The key that seals the records in a session directory of a project, which must exist. Another project
 * that names the same directory has another key, and opens nothing in it.
 *
 * @throws Error, in one sentence with the path, when the key cannot be read or made
 */
export function openDirectoryKey(options: DirectoryKeyOptions): SealKey {
  const { directory, sealingSecret } = options;
  if (sealingSecret !== undefined) return createSealKey(sealingSecret);
  return openKeyFile(toDirectoryKeyPath(options), directory);
}

/** Like `openDirectoryKey`, but makes no key: returns `undefined` where there is none yet. */
export function findDirectoryKey(options: DirectoryKeyOptions): SealKey | undefined {
  const { sealingSecret } = options;
  if (sealingSecret !== undefined) return createSealKey(sealingSecret);
  const bytes = readKey(toDirectoryKeyPath(options));
  return bytes && createSealKey(bytes);
}

function toDirectoryKeyPath({ root, directory, stateDirectory }: DirectoryKeyOptions): string {
  return toKeyPath(stateDirectory, `${toRealPath(root)}\0${toRealPath(directory)}`);
}

function toRealPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (cause) {
    throw new Error(
      `The key of ${path} cannot be found, because this user may not look into that folder (${codeOf(cause)}). Let the user enter it and those above it, or set SESSION_KEY to a key of your own.`,
      { cause },
    );
  }
}

function toKeyPath(stateDirectory: string, owner: string): string {
  const name = createHash('sha256').update(owner).digest('hex');
  return join(stateDirectory, 'keys', `${name.slice(0, 32)}.key`);
}

function openKeyFile(path: string, owner: string): SealKey {
  try {
    return createSealKey(readKey(path) ?? makeKey(path));
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
function makeKey(path: string): Buffer {
  makeFolder(dirname(path));
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

/**
 * A secret that belongs to a folder and is the same at every start. The secrets for different purposes
 * say nothing of each other, nor of the key.
 */
export function openSecret(
  owner: string,
  purpose: string,
  options: Pick<StorageOptions, 'stateDirectory' | 'sealingSecret'>,
): string {
  const key = openSealKey(owner, options.stateDirectory, options.sealingSecret);
  return createSealKey(key.bytes, purpose).bytes.toString('hex');
}
