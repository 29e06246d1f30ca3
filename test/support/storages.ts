import { it } from 'vitest';
import { Sessions } from '../../src/session/sessions.ts';
import { SessionStore } from '../../src/session/store.ts';
import type { SessionStorage } from '../../src/session/storage.ts';
import { MemoryStorage, type Medium } from './memory-storage.ts';
import { openRedisDatabase } from './redis-database.ts';
import { HAS_REDIS } from './redis-server.ts';
import { openRedisStorage } from './redis-storage.ts';
import { openDirectory } from './session-directory.ts';

/** One medium that several processes have open. */
export interface SharedMedium {
  /** A store as another process would have it. */
  openStore(lifetime?: number): SessionStore;
  /** The storage below the stores, without a memory of its own. */
  storage: SessionStorage;
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** The storages that go by the clock of this process, which a test may set. Redis goes by its own. */
export const CLOCKED_STORAGES: [string, () => SharedMedium][] = [
  ['memory', shareMemory],
  ['a directory', shareDirectory],
];

/** The storages over which a SessionStore is tested, by name, each in a new medium. */
export const STORAGES: [string, () => SharedMedium][] = [
  ...CLOCKED_STORAGES,
  ...(HAS_REDIS ? [['Redis', shareRedis] as [string, () => SharedMedium]] : []),
];
if (!HAS_REDIS) it.skip('over Redis (skipped: there is no redis-server on the PATH)', () => {});

function shareMemory(): SharedMedium {
  const medium: Medium = new Map();
  return {
    openStore: (lifetime = WEEK) =>
      new SessionStore(new Sessions(new MemoryStorage('default', medium), lifetime)),
    storage: new MemoryStorage('default', medium),
  };
}

function shareDirectory(): SharedMedium {
  const { directory, storage } = openDirectory();
  return {
    openStore: (lifetime = WEEK) =>
      new SessionStore(new Sessions(openDirectory(directory).storage, lifetime)),
    storage,
  };
}

function shareRedis(): SharedMedium {
  const { url } = openRedisDatabase();
  return {
    openStore: (lifetime = WEEK) =>
      new SessionStore(new Sessions(openRedisStorage({ url }), lifetime)),
    storage: openRedisStorage({ url }),
  };
}
