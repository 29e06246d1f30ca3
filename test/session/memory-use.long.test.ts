import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Sessions } from '../../src/session/sessions.ts';
import { createRecordKey, RedisRecords } from '../../src/storage/redis/records.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { TEST_SECRET } from '../support/processes.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MB = 1024 * 1024;

/** What is in use after that, beside what was before, in megabytes. */
async function growthOf(work: (number: number) => unknown): Promise<number> {
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < 1000; number++) await work(number);
  collect();
  return (process.memoryUsage().heapUsed - before) / MB;
}

/** A storage that has nothing to remember. */
class Hole extends MemoryStorage {
  override set(): boolean {
    return true;
  }
}

describe('1,000 sessions of 200 kB', () => {
  const toData = (number: number) => ({ number, text: `${number} `.repeat(50_000) });

  it('are not kept in memory by who has stored them', async () => {
    const sessions = new Sessions(new Hole(), 1000);
    const grown = await growthOf((number) => sessions.set(`id-${number}`, toData(number)));
    expect(grown).toBeLessThan(30);
    expect(sessions.isRemote).toBe(false); // it is still there
  });

  it('are not kept in memory by what signs and checks their records in Redis', async () => {
    const records = new RedisRecords([createRecordKey(TEST_SECRET)], false);
    const grown = await growthOf((number) =>
      records.toStored(`key-${number}`, JSON.stringify(toData(number))),
    );
    expect(grown).toBeLessThan(30);
    expect(records.hasSeen('key-999')).toBe(true);
  });
});
