import { createSealKey } from '../session/seal.ts';
import type { SessionStorage } from '../session/storage.ts';
import { DirectoryStorage } from './directory.ts';
import { openSealKey } from './key.ts';
import { openMemory } from './memory.ts';
import { rememberNamespace } from './namespaces.ts';
import { openRedis, type RedisPlace } from './open-redis.ts';
import { toLayout } from './paths.ts';
import { prepareDirectory } from './prepare.ts';
import { SealedFiles } from './sealed-files.ts';

/** What sessions are kept in. */
export type StorageType = 'filesystem' | 'redis' | 'memory';

/** What has to be known to open a storage. */
export interface StorageOptions {
  type: StorageType;
  /** The root of the project, absolute. */
  root: string;
  /** Whether this is no developer's machine. */
  isProduction: boolean;
  /** Where Redis is; needed for that type only. */
  redis: RedisPlace | undefined;
  /** With what records in Redis are signed, newest first; when there is none, with the project's key. */
  secrets: string[];
  /** Whether records in Redis are sealed, so that nobody can read them there. */
  isSealed: boolean;
  /** Absolute. */
  directory: string;
  /** The directory as a person would name it, from where they are. */
  displayDirectory: string;
  /** Letters, digits, `-` and `_`. */
  namespace: string;
  /** Used instead of the key that is made for the project. */
  sealingSecret: string | undefined;
  /** Where holdover keeps what belongs to the user and not to the project. */
  stateDirectory: string;
  /** Prints one line for the person at the terminal. */
  log: (message: string) => void;
}

/**
 * One per process and directory, whatever number of copies of this module are loaded: two that write
 * the same files would each hold what the other has replaced.
 */
const REGISTRY = Symbol.for('holdover.directories.1');

interface OpenDirectory {
  files: SealedFiles;
  /** Whether it was made when it was opened. */
  isNew: boolean;
}

const open = ((globalThis as { [REGISTRY]?: Map<string, OpenDirectory> })[REGISTRY] ??= new Map());

/**
 * Opens the storage that the options name.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used, or Redis is asked for
 * and it is not known where that is
 */
export function openStorage(options: StorageOptions): SessionStorage {
  if (options.type === 'redis') return openRedis(options);
  if (options.type === 'memory') return openMemory(options.namespace);
  let opened = open.get(options.directory);
  if (!opened) {
    opened = openDirectory(options);
    open.set(options.directory, opened);
  }
  rememberNamespace(options.directory, options.namespace);
  return new DirectoryStorage(opened.files, options.namespace);
}

/** What can be said of a directory that this process has opened. */
export function describeDirectory(
  directory: string,
): { fingerprint: string; isNew: boolean } | undefined {
  const opened = open.get(directory);
  return opened && { fingerprint: opened.files.fingerprint, isNew: opened.isNew };
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

function openDirectory(options: StorageOptions): OpenDirectory {
  const layout = toLayout(options.directory);
  const isNew = prepareDirectory(layout);
  if (isNew) options.log(`Created session directory: ${options.displayDirectory}`);
  if (options.isProduction) {
    options.log(
      `Sessions are kept in ${options.displayDirectory} in production: other hosts do not see them, and they are lost with this disk. Set SESSION_TYPE=redis and REDIS_URL to share them.`,
    );
  }
  const key = openSealKey(options.directory, options.stateDirectory, options.sealingSecret);
  return { files: new SealedFiles(layout, key, options.log), isNew };
}
