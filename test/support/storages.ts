import { afterAll, it } from 'vitest';
import { Sessions } from '../../src/session/sessions.ts';
import { SessionStore } from '../../src/session/store.ts';
import type { SessionStorage } from '../../src/session/storage.ts';
import { MemoryStorage, type Medium } from './memory-storage.ts';
import { HAS_REDIS, RedisServer } from './redis-server.ts';
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
  ...(HAS_REDIS ? [['Redis', await createRedisSharing()] as [string, () => SharedMedium]] : []),
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

/** One server for the tests of a file; each medium is a database of its own. */
async function createRedisSharing(): Promise<() => SharedMedium> {
  const server = await RedisServer.prepare({ settings: { databases: '1000' } });
  afterAll(() => server.close());
  await server.begin();
  let databases = 0;
  return () => {
    const url = `${server.url}/${databases++}`;
    return {
      openStore: (lifetime = WEEK) =>
        new SessionStore(new Sessions(openRedisStorage({ url }), lifetime)),
      storage: openRedisStorage({ url }),
    };
  };
}
