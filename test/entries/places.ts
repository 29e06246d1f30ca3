import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import type { Options } from '../../src/options.ts';
import { HAS_REDIS, RedisServer } from '../support/redis-server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

type Place = () => Promise<Options>;

/** Where an entry keeps what it keeps, new for each test. */
export const PLACES: [string, Place][] = [
  [
    'a directory',
    async () => ({ type: 'filesystem', directory: join(createTempFolder(), 'kept') }),
  ],
  ...(HAS_REDIS ? [['Redis', createRedisPlace] as [string, Place]] : []),
];
if (!HAS_REDIS) it.skip('over Redis (skipped: there is no redis-server on the PATH)', () => {});

/**
 * One server for all tests of a file, in which each has a database of its own. The clients in this process stay
 * after their test: those of a server that has ended would try to connect again and again.
 */
let server: Promise<RedisServer> | undefined;
let databases = 0;
afterAll(async () => (await server)?.close());

async function createRedisPlace(): Promise<Options> {
  server ??= startServer();
  const { url } = await server;
  return { type: 'redis', redis: { url: `${url}/${databases++}`, timeout: 10_000 } };
}

async function startServer(): Promise<RedisServer> {
  const started = await RedisServer.prepare({ settings: { databases: '1000' } });
  await started.begin();
  return started;
}

export const ABSENT_REDIS: Options = { type: 'redis', redis: 'redis://127.0.0.1:1' };

/** A folder that holdover has not made. */
export function createForeignPlace(): Options {
  const directory = createTempFolder();
  writeFileSync(join(directory, 'letter.txt'), 'of somebody else');
  return { type: 'filesystem', directory };
}
