import { expect, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { describeWithRedis } from '../support/redis-server.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { startLink } from '../support/slow-link.ts';

const HOUR = 60 * 60 * 1000;
const CLIENTS = 12;

/** So far that no connection opens within the timeout of a call, with time left for a busy machine. */
const ROUND_TRIP_MS = 900;
const TIMEOUT_MS = 3000;

describeWithRedis('a Redis that is far away, with 12 clients from the first moment', () => {
  it('serves all who try again, and is at most once out of reach', async () => {
    const { port, pathname } = new URL(openRedisDatabase().url);
    const link = await startLink(Number(port), ROUND_TRIP_MS);
    const url = `redis://127.0.0.1:${link.port}${pathname}`;
    const said: string[] = [];
    const log = (message: string): void => void said.push(message);
    const storage = openRedisStorage({ redis: { url, timeout: TIMEOUT_MS }, log });
    const work = async (client: number): Promise<void> => {
      const id = `id-${client}`;
      for (let done = 0; done < 3;) {
        try {
          await storage.retire(`old-${id}`, HOUR);
          await storage.set(id, `text ${done}`, HOUR);
          expect((await storage.get(id))?.text).toBe(`text ${done}`);
          done++;
        } catch (error) {
          expect(error).toMatchObject({ status: 503 });
          await delay(10); // calls that fail at once would leave no time for an answer
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(client)));
    expect(said.filter((message) => message.includes('is out of reach')).length).toBeLessThan(2);
    expect(said.filter((message) => message.includes('is back')).length).toBe(said.length / 2);
  });
});
