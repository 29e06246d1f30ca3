import { createHash, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSealKey, type SealKey } from '../../session/seal.ts';
import type { StorageOptions } from '../options.ts';
import { codeOf, removeFile, writeNew } from '../files/disk.ts';
import { makeFolder } from '../files/folders.ts';
import { isInside } from '../files/inside.ts';
import { replaceFile } from '../files/replace-file.ts';

const KEY_TEXT = /^[0-9a-f]{64}\n?$/;

/** Which key is wanted; all paths are absolute. */
interface DirectoryKeyOptions {
  /** The root of the project. */
  root: string;
  directory: string;
  stateDirectory: string;
  /** The key to use instead (SESSION_KEY). */
  sealingSecret: string | undefined;
}

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

/**
 * The key that seals the records in a session directory of a project, which must exist. Another project
 * that names the same directory has another key, and opens nothing in it.
 *
 * Earlier versions named keys by the directory alone: such a key is taken on, but for a directory that
 * another project has or that only a link leads to.
 *
 * @throws Error, in one sentence with the path, when the key cannot be read or made
 */
export function openDirectoryKey({
  root,
  directory,
  stateDirectory,
  sealingSecret,
}: DirectoryKeyOptions): SealKey {
  if (sealingSecret !== undefined) return createSealKey(sealingSecret);
  const real = toRealPath(directory);
  const path = toKeyPath(stateDirectory, `${toRealPath(root)}\0${real}`);
  const earlier = toKeyPath(stateDirectory, real);
  return openKeyFile(path, directory, isOwn(root, directory) ? earlier : undefined);
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

/**
 * Whether a directory belongs to a project. One outside of it was named by a person: package.json may
 * name none.
 */
function isOwn(root: string, directory: string): boolean {
  if (directory === root || !isInside(directory, root)) return true;
  const real = toRealPath(directory);
  const realRoot = toRealPath(root);
  if (real === realRoot || !isInside(real, realRoot)) return false;
  for (let folder = dirname(real); folder !== realRoot; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return false;
  }
  return true;
}

/** @param earlier another key file, whose key is taken on where there is none yet */
function openKeyFile(path: string, owner: string, earlier?: string): SealKey {
  try {
    const key =
      readKey(path) ?? makeKey(path, earlier === undefined ? undefined : readKey(earlier));
    return createSealKey(key);
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
function makeKey(path: string, bytes: Buffer = randomBytes(32)): Buffer {
  makeFolder(dirname(path));
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  writeNew(temporary, Buffer.from(`${bytes.toString('hex')}\n`));
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
