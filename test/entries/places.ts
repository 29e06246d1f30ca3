import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import type { Options } from '../../src/options.ts';
import { rows } from '../support/depth.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { HAS_REDIS } from '../support/redis-server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const ALL: { name: string; create: () => Promise<Options> }[] = [
  {
    name: 'a directory',
    create: async () => ({ type: 'filesystem', directory: join(createTempFolder(), 'kept') }),
  },
];
if (HAS_REDIS) ALL.push({ name: 'Redis', create: createRedisPlace });
else it.skip('over Redis (skipped: there is no redis-server on the PATH)', () => {});

/** Where an entry keeps what it keeps, new for each test. Redis is for the long depth. */
export const PLACES = rows(ALL, 'a directory');

async function createRedisPlace(): Promise<Options> {
  return { type: 'redis', redis: { url: openRedisDatabase().url, timeout: 10_000 } };
}

export const ABSENT_REDIS: Options = { type: 'redis', redis: 'redis://127.0.0.1:1' };

/** A folder that holdover has not made. */
export function createForeignPlace(): Options {
  const directory = createTempFolder();
  writeFileSync(join(directory, 'letter.txt'), 'of somebody else');
  return { type: 'filesystem', directory };
}
