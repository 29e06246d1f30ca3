import { expect, it, onTestFinished } from 'vitest';
import { poll } from '../support/poll.ts';
import { describeWithRedis, type RedisServer } from '../support/redis-server.ts';
import { letElect, startSentinels } from '../support/redis-sets.ts';
import { openRedisStorage } from '../support/redis-storage.ts';

const HOUR = 60 * 60 * 1000;

describeWithRedis('a failover', () => {
  it('goes to the new master, with the sessions that it has', async () => {
    const set = await startSentinels();
    onTestFinished(() => set.close());
    const said: string[] = [];
    const storage = openRedisStorage({ url: set.url, log: (message) => said.push(message) });
    await poll(() => storage.set('a', 'text', HOUR).catch(() => false));
    const [master, , ...sentinels] = set.servers as [RedisServer, ...RedisServer[]];
    expect(master.cli('WAIT', '1', '10000')).toBe('1');
    await master.kill();
    await poll(() => said.some((message) => message.includes('is out of reach')));
    letElect(sentinels);
    const text = await poll(async () => (await storage.get('a').catch(() => undefined))?.text);
    expect(text).toBe('text');
    await poll(() => storage.set('b', 'new', HOUR).catch(() => false));
    expect((await storage.get('b'))?.text).toBe('new');
    await poll(() => said.some((message) => message.includes('is back')));
  });
});
