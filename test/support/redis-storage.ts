import { join } from 'node:path';
import { openRedis } from '../../src/storage/redis/open.ts';
import type { RedisPlace } from '../../src/storage/redis/place.ts';
import type { StorageOptions } from '../../src/storage/options.ts';
import type { RedisStorage } from '../../src/storage/redis/storage.ts';
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
