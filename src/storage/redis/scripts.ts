import type { RedisClient } from './client.ts';

/** A script that Redis runs as one step, on keys of one slot. */
export type RedisScript = string;

/** Stores a value for a while, unless its id is retired. Keys: session, retirement. */
export const STORE: RedisScript = `
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/**
 * Puts a value in the place of the one that was read, if that still stands there, with the expiry that it
 * has; or removes it. An empty one stands for none. Keys: session, retirement.
 */
export const EXCHANGE: RedisScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
local left = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1], KEYS[2])
if ARGV[2] == '' then return 1 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', left < 0 and ARGV[3] or math.max(1, left))
return 1`;

/** Removes a session and, if there was one, retires its id for a while. Keys: session, retirement. */
export const RETIRE: RedisScript = `
if redis.call('DEL', KEYS[1]) == 1 then redis.call('SET', KEYS[2], '', 'PX', ARGV[1]) end
return 1`;

/**
 * Sets a record aside, if it is still the one that was read, or is no text at all. Keys: session, where
 * it goes.
 */
export const SET_ASIDE: RedisScript = `
local stored = redis.pcall('GET', KEYS[1])
local isText = type(stored) ~= 'table' or not string.find(stored.err, 'WRONGTYPE', 1, true)
if isText and stored ~= ARGV[1] then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
return 1`;

/** Gives an expiry to a record that has none. Keys: session. */
export const LIMIT: RedisScript = `
if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1`;

/**
 * Runs a script in one round trip, whether the server knows it or not: these are short, and it finds
 * what it has compiled by their text.
 */
export function runScript(
  client: RedisClient,
  script: RedisScript,
  keys: [string, ...string[]],
  args: string[],
): Promise<unknown> {
  return client.send(keys[0], ['EVAL', script, String(keys.length), ...keys, ...args]);
}

/**
 * Stores over a record that is there, which shows that its id is not retired: a session and its
 * retirement never stand side by side. `false` when there is none.
 */
export async function replace(
  client: RedisClient,
  key: string,
  stored: string,
  ttl: number,
): Promise<boolean> {
  return (await client.send(key, ['SET', key, stored, 'XX', 'PX', toPx(ttl)])) !== null;
}

/** Redis refuses a part of a millisecond, and takes none for "now". */
export function toPx(ttl: number): string {
  return String(Math.max(1, Math.ceil(ttl)));
}
