import { join } from 'node:path';
import { useRedisClient, type NodeRedis } from '../../src/storage/redis/client.ts';
import { RedisLink } from '../../src/storage/redis/link/link.ts';
import { RedisOutage } from '../../src/storage/redis/link/outage.ts';
import { openRedis } from '../../src/storage/redis/open.ts';
import type { ConnectedRedis, RedisPlace } from '../../src/storage/redis/place.ts';
import { createRecordKey, RedisRecords } from '../../src/storage/redis/records.ts';
import type { StorageOptions } from '../../src/storage/options.ts';
import { RedisStorage } from '../../src/storage/redis/storage.ts';
import { TEST_SECRET } from './processes.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** How long a call may take where nothing is tested about that, on a machine that is busy. */
const PATIENCE = 10_000;

/** What differs from what a project would have. */
type Differences = Partial<StorageOptions> & { url?: string };

/** Opens sessions in Redis as a process would; calls have more time than they have by default. */
export function openRedisStorage({ url, ...differences }: Differences): RedisStorage {
  return openRedis(toStorageOptions({ ...(url && { redis: toPlace(url) }), ...differences }));
}

/** As `createStore({ redis: client })` does; but calls have the time that they take on a busy machine. */
export function openPatiently(client: ConnectedRedis, namespace: string): RedisStorage {
  const link = new RedisLink({
    timeout: PATIENCE,
    outage: new RedisOutage('Redis', () => {}),
    open: (onLost) => useRedisClient(client as NodeRedis, onLost),
  });
  const records = new RedisRecords([createRecordKey(TEST_SECRET)], false);
  return new RedisStorage(link, records, namespace, () => {});
}

/** All options of a storage. */
export function toStorageOptions(differences: Partial<StorageOptions>): StorageOptions {
  return {
    type: 'redis',
    root: ROOT,
    isProduction: false,
    redis: undefined,
    isSealed: false,
    secrets: [TEST_SECRET],
    directory: join(ROOT, '.holdover', 'sessions'),
    displayDirectory: '.holdover/sessions',
    namespace: 'default',
    sealingSecret: undefined,
    stateDirectory: ROOT,
    log: () => {},
    ...differences,
  };
}

let places = 0;

/** Each has a connection of its own, as another process would. */
function toPlace(url: string): RedisPlace {
  return { url, timeout: PATIENCE + places++ / 1000 };
}
