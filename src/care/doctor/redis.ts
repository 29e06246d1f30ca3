import type { ResolvedOptions } from '../../options.ts';
import { openRedisParts } from '../../storage/redis/open.ts';
import { toRedisTarget } from '../../storage/redis/target.ts';
import { displayPlace } from '../project.ts';
import { broken, doubtful, good, type Check } from './check.ts';

/** How long Redis may take for an answer, in milliseconds. */
const PATIENCE = 3000;

/** By how much two clocks may differ, in milliseconds. */
const CLOCK_DIFFERENCE = 5000;

/** Whether Redis is there, lets us in, and keeps what it is given. */
export async function checkRedis(options: ResolvedOptions): Promise<Check[]> {
  const said: string[] = [];
  if (options.redis === undefined) {
    return [broken('redis', 'REDIS_URL is not set.', 'Set it to redis://host:6379.')];
  }
  try {
    const { link } = openRedisParts({ ...options, log: (message) => said.push(message) });
    const [info, time] = await link.run(async (client) => {
      const [send] = await client.masters();
      if (!send) throw new Error('no node of it is a master');
      return [await send(['INFO', 'memory']), await send(['TIME'])] as [string, [string, string]];
    }, PATIENCE);
    const found = `${displayPlace(options)} answers`;
    return [good('redis', found), checkTls(options), checkEviction(info), checkClock(time)];
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    const reason = said[0] ?? cause?.message ?? message;
    return [broken('redis', reason, 'Start it, or correct REDIS_URL.'), checkTls(options)];
  }
}

/** What is not encrypted shows sessions to whoever is on the way. */
function checkTls({ redis }: ResolvedOptions): Check {
  const name = 'redis TLS';
  if (!redis || 'sendCommand' in redis) return good(name, 'the app connects');
  const { tls, nodes } = toRedisTarget(redis);
  if (tls) return good(name, 'on');
  if (nodes.every(({ host }) => isNear(host))) return good(name, 'off, on a private network');
  const advice = 'Write REDIS_URL as rediss://.';
  return doubtful(name, 'Sessions go over the network in the clear.', advice);
}

function isNear(host: string): boolean {
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|[^.:]+$)/.test(host);
}

function checkEviction(info: string): Check {
  const name = 'redis eviction';
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0);
  if (limit === 0) return good(name, 'none: there is no maxmemory');
  if (policy === 'noeviction') return good(name, 'none (noeviction)');
  return broken(
    name,
    `With maxmemory-policy ${policy} Redis drops sessions when it is full, and people are logged out.`,
    'Set maxmemory-policy to noeviction, or give sessions a Redis of their own.',
  );
}

function checkClock([seconds, microseconds]: [string, string]): Check {
  const name = 'redis clock';
  const difference = Number(seconds) * 1000 + Number(microseconds) / 1000 - Date.now();
  if (Math.abs(difference) < CLOCK_DIFFERENCE) return good(name, 'the same as here');
  const found = `It differs from the clock here by ${Math.round(difference / 1000)} s.`;
  return doubtful(name, found, 'Set both clocks: sessions expire by that of Redis.');
}
