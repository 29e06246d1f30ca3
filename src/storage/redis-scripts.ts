import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.ts';

/** A script that Redis runs as one step, on keys of one slot. */
export interface RedisScript {
  source: string;
  sha: string;
}

function createScript(source: string): RedisScript {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Stores a value for a while, unless its id is retired. Keys: session, retirement. */
export const STORE = createScript(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

/** Removes a session and, if there was one, retires its id for a while. Keys: session, retirement. */
export const RETIRE = createScript(`
if redis.call('DEL', KEYS[1]) == 1 then redis.call('SET', KEYS[2], '', 'PX', ARGV[1]) end
return 1`);

/** Sets a record aside, if it is still the one that was read. Keys: session, where it goes. */
export const SET_ASIDE = createScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
return 1`);

/** Runs a script by its name, which the server knows unless it is new or has forgotten it. */
export async function runScript(
  client: RedisClient,
  { source, sha }: RedisScript,
  keys: [string, string],
  args: string[],
): Promise<unknown> {
  const rest = ['2', ...keys, ...args];
  try {
    return await client.send(keys[0], ['EVALSHA', sha, ...rest]);
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return client.send(keys[0], ['EVAL', source, ...rest]); // it was not run before
  }
}
