import { SessionStore } from '../../src/session/store.ts';
import type { SessionStorage } from '../../src/session/storage.ts';
import { MemoryStorage, type Medium } from './memory-storage.ts';
import { openDirectory } from './session-directory.ts';

/** One medium that several processes have open. */
export interface SharedMedium {
  /** A store as another process would have it. */
  openStore(lifetime?: number): SessionStore;
  /** The storage below the stores, without a memory of its own. */
  storage: SessionStorage;
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** The storages over which a SessionStore is tested, by name, each in a new medium. */
export const STORAGES: [string, () => SharedMedium][] = [
  ['memory', shareMemory],
  ['a directory', shareDirectory],
];

function shareMemory(): SharedMedium {
  const medium: Medium = new Map();
  return {
    openStore: (lifetime = WEEK) =>
      new SessionStore(new MemoryStorage('default', medium), lifetime),
    storage: new MemoryStorage('default', medium),
  };
}

function shareDirectory(): SharedMedium {
  const { directory, storage } = openDirectory();
  return {
    openStore: (lifetime = WEEK) => new SessionStore(openDirectory(directory).storage, lifetime),
    storage,
  };
}
