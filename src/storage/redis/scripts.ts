import type { RedisClient } from './client.ts';

/** A script that Redis runs as one step, on keys of one slot. */
export type RedisScript = string;

/** Stores a value for a while, unless its id is retired. Keys: session, retirement. */
export const STORE: RedisScript = `
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
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
