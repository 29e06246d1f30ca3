import { sayOnce } from '../../session/display/say-once.ts';
import type { SealFault } from '../../session/seal.ts';
import { openSealKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';
import type { ConnectedRedis, RedisPlace } from './place.ts';
import { requirePeer } from '../peer.ts';
import { useRedisClient, type NodeRedis } from './client.ts';
import { openRedisClient, type RedisModule } from './connect.ts';
import { RedisLink } from './link/link.ts';
import { RedisOutage } from './link/outage.ts';
import { createRecordKey, RedisRecords } from './records.ts';
import { NO_REDIS_URL, toRedisTarget } from './target.ts';
import { RedisStorage } from './storage.ts';
import { checkProductionSecrets } from '../keys/secrets.ts';

/** How long a call may take when nothing else is said, in milliseconds. */
const TIMEOUT = 500;

/** The way to one place, for all stores of a process that name it. */
interface Opened {
  link: RedisLink;
  /** What was said of records there that do not open. */
  said: Set<string>;
}

const places = new Map<unknown, Opened>();

/**
 * Opens the storage in Redis that the options name. Whether Redis is there shows at the first call.
 *
 * @throws Error, in one sentence, when it is not known where Redis is, @keyv/redis is not installed, or
 * production has no SESSION_SECRET of its own
 */
export function openRedis(options: StorageOptions): RedisStorage {
  const { link, said, records } = openRedisParts(options);
  const say = sayOnce(options.log, said);
  return new RedisStorage(link, records, options.namespace, (fault) => say(toMessage(fault)));
}

/** The way to the Redis that the options name, and what opens the records of this project there. */
export function openRedisParts(options: StorageOptions): Opened & { records: RedisRecords } {
  const { redis } = options;
  if (redis === undefined) {
    throw new Error(NO_REDIS_URL);
  }
  const records = new RedisRecords(openRecordKeys(options), options.isSealed);
  return { ...openPlace(redis, options), records };
}

/** Where Redis is, for people. */
export function displayRedis(redis: RedisPlace | undefined): string {
  return redis && !isConnected(redis) ? toRedisTarget(redis).display : 'Redis';
}

function openPlace(redis: RedisPlace, options: StorageOptions): Opened {
  const id = isConnected(redis) ? redis : JSON.stringify(redis);
  let opened = places.get(id);
  if (!opened) {
    opened = { link: createLink(redis, options), said: new Set() };
    places.set(id, opened);
  }
  return opened;
}

function createLink(redis: RedisPlace, { root, log }: StorageOptions): RedisLink {
  const outage = new RedisOutage(displayRedis(redis), log);
  if (isConnected(redis)) {
    const client = redis as NodeRedis;
    return new RedisLink({
      timeout: TIMEOUT,
      outage,
      open: (onLost) => useRedisClient(client, onLost),
    });
  }
  const target = toRedisTarget(redis);
  const module = requirePeer('@keyv/redis', root) as RedisModule;
  const { timeout = TIMEOUT } = redis;
  return new RedisLink({
    timeout,
    outage,
    open: (onLost, signal) => openRedisClient({ module, target, onLost, signal }),
  });
}

/** The keys of records: those of SESSION_SECRET, which all hosts share, or the project's own. */
function openRecordKeys(options: StorageOptions): ReturnType<typeof createRecordKey>[] {
  const { secrets, root, stateDirectory, sealingSecret } = options;
  if (options.isProduction) checkProductionSecrets(secrets);
  if (secrets.length > 0) return secrets.map(createRecordKey);
  return [createRecordKey(openSealKey(root, stateDirectory, sealingSecret).bytes)];
}

function isConnected(redis: RedisPlace): redis is ConnectedRedis {
  return 'sendCommand' in redis;
}

function toMessage(fault: SealFault): string {
  return fault === 'wrong key'
    ? 'Sessions in Redis were signed with a key that is not there, so they are not used and people log in again. Put the old secret behind the new one in SESSION_SECRET, with a comma.'
    : `A session in Redis is not as it was stored (${fault}) and was set aside under holdover-unreadable:; its user logs in again.`;
}
