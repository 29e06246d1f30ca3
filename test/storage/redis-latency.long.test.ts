import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { RedisApp } from '../support/redis-app.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { startLink } from '../support/slow-link.ts';

const HOUR = 60 * 60 * 1000;
const CLIENTS = 12;

const GONE = 'is out of reach';
const BACK = 'is back';

/** The URL of a new Redis that is that far away, in milliseconds. */
async function startFar(roundTrip: number): Promise<string> {
  const server = await RedisServer.start();
  const { port } = await startLink(server.port, roundTrip);
  return `redis://127.0.0.1:${port}`;
}

describeWithRedis('a Redis that is far away, with 12 clients from the first moment', () => {
  it.each([
    [300, undefined],
    [900, 3000],
  ])(
    '%i ms of round trip, timeout %s: is reached, and at most once out of reach',
    async (roundTrip, timeout) => {
      const url = await startFar(roundTrip);
      const said: string[] = [];
      const log = (message: string): void => void said.push(message);
      const storage = openRedisStorage({ redis: { url, ...(timeout && { timeout }) }, log });
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
      expect(said.filter((message) => message.includes(GONE)).length).toBeLessThanOrEqual(1);
      expect(said.filter((message) => message.includes(BACK)).length).toBe(said.length / 2);
    },
  );

  it('logs everybody in who tries again', async () => {
    // So far that no connection opens within the deadline of a call, with time left for a busy machine.
    const app = await RedisApp.begin({ REDIS_URL: await startFar(150) }, CLIENTS);
    await app.rush();
    app.click();
    await app.until('answered', 2 * CLIENTS);
    await app.stop();
    // A busy machine may have a call pass its deadline.
    await poll(() => app.said(GONE) === app.said(BACK));
  });
});
