import { createSealKey } from '../session/seal.ts';
import type { SessionStorage } from '../session/storage.ts';
import { DirectoryStorage } from './directory/storage.ts';
import { openSealKey } from './keys/key.ts';
import { openMemory } from './memory.ts';
import { rememberNamespace } from './directory/namespaces.ts';
import { openRedis, type RedisPlace } from './redis/open.ts';
import { openDirectory } from './directory/open.ts';

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
 * Opens the storage that the options name.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used, or Redis is asked for
 * and it is not known where that is
 */
export function openStorage(options: StorageOptions): SessionStorage {
  if (options.type === 'redis') return openRedis(options);
  if (options.type === 'memory') return openMemory(options.namespace);
  const { files } = openDirectory(options);
  rememberNamespace(options.directory, options.namespace);
  return new DirectoryStorage(files, options.namespace);
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
