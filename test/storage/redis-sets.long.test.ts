import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { poll } from '../support/poll.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import {
  flush,
  letElect,
  startCluster,
  startSentinels,
  type RedisSet,
} from '../support/redis-sets.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { describeStorageContract } from './contract.ts';

const HOUR = 60 * 60 * 1000;
const PATIENCE = 10_000;

describeWithRedis('a Cluster of three', () => {
  let cluster: RedisSet;
  beforeAll(async () => (cluster = await startCluster()));
  afterAll(() => cluster.close());

  describeStorageContract('a Cluster of three', async () => {
    await flush(...cluster.servers);
    // One connection for all: a process has one, and it tries again for ever when its Redis is gone.
    const redis = { url: cluster.url, timeout: PATIENCE };
    return (namespace) => openRedisStorage({ redis, namespace });
  });

  it('spreads sessions over all of it, and clears its own only', async () => {
    await flush(...cluster.servers);
    const storage = openRedisStorage({ url: cluster.url });
    const ids = Array.from({ length: 300 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => storage.set(id, id, HOUR)));
    const sizes = cluster.servers.map((server) => Number(server.cli('DBSIZE')));
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    const other = openRedisStorage({ url: cluster.url, namespace: 'other' });
    await other.set('a', 'theirs', HOUR);
    expect(await storage.count()).toBe(300);
    await storage.clear();
    expect([await storage.count(), await other.count()]).toEqual([0, 1]);
  });

  it('goes on with two of its nodes, and with all of them when the third is back', async () => {
    await flush(...cluster.servers);
    const said: string[] = [];
    const log = (message: string): void => void said.push(message);
    const storage = openRedisStorage({ url: cluster.url, log });
    const ids = Array.from({ length: 60 }, (_, index) => `id-${index}`);
    for (const id of ids) await poll(() => storage.set(id, id, HOUR).catch(() => false));
    const [, , third] = cluster.servers as [RedisServer, RedisServer, RedisServer];
    await third.kill();
    const answers = async () => {
      const texts = await Promise.allSettled(ids.map(async (id) => (await storage.get(id))?.text));
      const isAnswered = (index: number): boolean => texts[index]?.status === 'fulfilled';
      for (const [index, one] of texts.entries()) {
        if (one.status === 'fulfilled') expect(one.value).toBe(ids[index]); // and never undefined
      }
      return ids.filter((_, index) => isAnswered(index)).length;
    };
    await poll(async () => {
      const count = await answers();
      return count >= 20 && count < 60;
    });
    await third.begin();
    await poll(async () => (await answers()) === 60);
    const outages = said.filter((message) => message.includes('is out of reach'));
    expect(outages).toEqual([outages[0]]); // once; what else was said is shown
    await poll(() => said.some((message) => message.includes('is back')));
  });
});

describeWithRedis('a Cluster of which one node is frozen', () => {
  it('serves from the others, and every call ends', async () => {
    const cluster = await startCluster();
    onTestFinished(() => cluster.close());
    const storage = openRedisStorage({ redis: { url: cluster.url, timeout: 500 } });
    const ids = Array.from({ length: 60 }, (_, index) => `id-${index}`);
    for (const id of ids) await poll(() => storage.set(id, id, HOUR).catch(() => false));
    const [, , third] = cluster.servers as [RedisServer, RedisServer, RedisServer];
    third.signal('SIGSTOP');
    const ask = async (id: string): Promise<boolean> => {
      const stored = await storage.get(id).catch(() => 'refused' as const);
      if (stored !== 'refused') expect(stored?.text).toBe(id);
      return stored !== 'refused';
    };
    // Each call ends, while it is frozen for as long as this test wants.
    const answered = (await Promise.all(ids.map(ask))).filter(Boolean).length;
    expect(answered).toBeGreaterThanOrEqual(20);
    expect(answered).toBeLessThan(60);
    third.signal('SIGCONT');
    await poll(async () => (await Promise.all(ids.map(ask))).every(Boolean));
  });
});

describeWithRedis('a master that Sentinels watch', () => {
  let set: RedisSet;
  beforeAll(async () => (set = await startSentinels()));
  afterAll(() => set.close());

  describeStorageContract('a master that Sentinels watch', async () => {
    await flush(set.servers[0] as RedisServer);
    const redis = { url: set.url, timeout: PATIENCE };
    return (namespace) => openRedisStorage({ redis, namespace });
  });
});

describeWithRedis('Sentinels of which the first is frozen', () => {
  it('are asked side by side: the others name the master, at the start and after a failover', async () => {
    const set = await startSentinels();
    onTestFinished(() => set.close());
    const [master, , first, ...others] = set.servers as [
      RedisServer,
      RedisServer,
      RedisServer,
      ...RedisServer[],
    ];
    first.signal('SIGSTOP');
    const storage = openRedisStorage({ redis: { url: set.url, timeout: 500 } });
    await poll(() => storage.set('a', 'text', HOUR).catch(() => false));
    // Sentinels have a name, and redis-cli asks for this list.
    const isApp = (line: string): boolean => /name= .*cmd=(?!client|replconf|psync)/.test(line);
    const connections = () => master.cli('CLIENT', 'LIST').split('\n').filter(isApp).length;
    await poll(() => connections() === 1, { every: 100 }); // those of the others are ended
    expect(master.cli('WAIT', '1', '10000')).toBe('1');
    await master.kill();
    letElect(others);
    const text = await poll(async () => (await storage.get('a').catch(() => undefined))?.text);
    expect(text).toBe('text');
  });
});
