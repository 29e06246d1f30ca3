import type { RedisPlace } from './redis/place.ts';

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
