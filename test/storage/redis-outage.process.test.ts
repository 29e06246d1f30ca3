import { expect, it, onTestFinished } from 'vitest';
import { poll } from '../support/poll.ts';
import { RedisApp } from '../support/redis-app.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';

/** Everything that was acknowledged is on disk. */
const DURABLE = { appendonly: 'yes', appendfsync: 'always' };

describeWithRedis('an outage of Redis', () => {
  it('down at the start: requests fail at once, and are served when it comes', async () => {
    const server = await RedisServer.prepare();
    onTestFinished(() => server.close());
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    const response = await app.people[0]?.browser.request('/login/ada', { method: 'POST' });
    expect(response?.status).toBe(503);
    await server.begin();
    await app.login();
    app.click();
    await app.until('answered');
    await app.stop();
    await app.saysPairs(1);
    expect(app.running.output).toContain('ECONNREFUSED');
  });

  it('killed and started again under traffic: no login is lost', async () => {
    const server = await RedisServer.start({ settings: DURABLE });
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    await app.login();
    app.click();
    await app.until('answered');
    for (let times = 0; times < 2; times++) {
      await server.kill();
      await app.until('refused');
      await server.begin();
      await app.until('answered');
    }
    await app.stop();
    await app.saysPairs(2);
  });

  it('out of memory: reads go on, writes are told, and the login stays', async () => {
    const server = await RedisServer.start();
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    await app.login();
    app.click();
    await app.until('answered');
    server.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    server.cli('CONFIG', 'SET', 'maxmemory', '1');
    await app.until('refused');
    await app.until('answered');
    server.cli('CONFIG', 'SET', 'maxmemory', '0');
    await poll(() => app.said('stores sessions again') === 1);
    await app.stop();
    expect(app.said('refuses to store sessions')).toBe(1);
    expect(app.running.output).toMatch(/OOM.*Raise maxmemory/);
  });
});
