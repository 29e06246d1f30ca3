import { createClient, createCluster } from 'redis';
import { expect, it, onTestFinished } from 'vitest';
import type { ConnectedRedis } from '../../src/storage/redis/place.ts';
import { IS_LONG } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { startCluster } from '../support/redis-sets.ts';
import { openRedisStorage } from '../support/redis-storage.ts';

const HOUR = 60 * 60 * 1000;

describeWithRedis("a client of the app's own", () => {
  it.each([
    ['throws', () => expect.fail('it throws')],
    ['rejects', () => Promise.reject(new Error('it rejects'))],
    ['never answers', () => new Promise(() => {})],
    ['gives no promise', () => undefined],
  ])('that %s fails calls with 503, and nothing else', async (_, sendCommand) => {
    const odd = { isOpen: true, isReady: true, on: () => {}, connect: async () => {}, sendCommand };
    const storage = openRedisStorage({ redis: odd as unknown as ConnectedRedis });
    const calls = [
      storage.get('a'),
      storage.set('a', 'text', HOUR),
      storage.touch('a', HOUR),
      storage.retire('a', HOUR),
    ];
    for (const one of await Promise.allSettled(calls)) {
      const isNothing = one.status === 'fulfilled' && !one.value; // an answer that says nothing
      if (!isNothing) expect(one).toMatchObject({ reason: { status: 503 } });
    }
  });

  it('is waited for when the app connects it later', async () => {
    const late = createClient({ url: openRedisDatabase().url });
    onTestFinished(() => late.destroy());
    const storage = openRedisStorage({ redis: late });
    await expect(storage.get('a')).rejects.toMatchObject({ status: 503 });
    await late.connect();
    await poll(() => storage.set('a', 'text', HOUR).catch(() => false));
    expect((await storage.get('a'))?.text).toBe('text');
  });

  it('serves again after it has connected again, and sends nothing twice', async () => {
    const server = await RedisServer.start();
    const client = createClient({ url: server.url, socket: { reconnectStrategy: () => 50 } });
    onTestFinished(() => client.destroy());
    client.on('error', () => {}); // as the app would
    await client.connect();
    const storage = openRedisStorage({ redis: client });
    await storage.set('a', 'text', HOUR);
    await server.kill();
    await poll(() =>
      storage.get('a').then(
        () => false,
        () => true,
      ),
    );
    await expect(storage.set('b', 'not stored', HOUR)).rejects.toThrow('out of reach');
    await server.begin();
    await poll(() => storage.set('c', 'text', HOUR).catch(() => false));
    expect(server.cli('KEYS', '*')).toBe('holdover:default:c');
  });

  it.runIf(IS_LONG)('may be one of a Cluster', async () => {
    const set = await startCluster();
    const urls = set.url.split(',').map((url) => ({ url }));
    const cluster = createCluster({ rootNodes: urls });
    cluster.on('error', () => {});
    await cluster.connect();
    onTestFinished(async () => {
      cluster.destroy();
      await set.close();
    });
    const storage = openRedisStorage({ redis: cluster });
    for (let number = 0; number < 30; number++) {
      await storage.set(`id-${number}`, `text ${number}`, HOUR);
      expect((await storage.get(`id-${number}`))?.text).toBe(`text ${number}`);
    }
    expect(await storage.count()).toBe(30);
    await storage.clear();
    expect(await storage.count()).toBe(0);
  });
});
