import { execFileSync } from 'node:child_process';
import { inject } from 'vitest';
import type { App } from './app.ts';
import { bePatientWithRedis } from './patient-redis.ts';

/** An empty database of the run's Redis, which no other test uses. */
export interface RedisDatabase {
  url: string;
  /** Runs one command with redis-cli in this database, and returns what it prints. */
  cli(...words: string[]): string;
}

/**
 * Opens the next database. Works in `describeWithRedis` alone. Tests that end, freeze or configure their Redis,
 * or count its commands, start a `RedisServer` instead.
 */
export function openRedisDatabase(): RedisDatabase {
  const server = inject('redisUrl');
  const cli = (url: string, words: string[]): string =>
    execFileSync('redis-cli', ['-u', url, ...words], { encoding: 'utf8' }).trim();
  const number = cli(server, ['INCR', 'databases']); // all workers count in database 0
  const url = `${server}/${number}`;
  return { url, cli: (...words) => cli(url, words) };
}

/**
 * Returns the environment in which an app has its sessions in Redis, by default in a new database, and lets its
 * calls take as long as they do on a busy machine: by default they end after 500 ms.
 */
export function useRedis(app: App, { url } = openRedisDatabase()): NodeJS.ProcessEnv {
  bePatientWithRedis(app);
  return { SESSION_TYPE: 'redis', REDIS_URL: url };
}
