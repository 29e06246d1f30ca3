import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { findFreePort } from '../support/app.ts';
import { poll } from '../support/poll.ts';
import { RedisApp } from '../support/redis-app.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';

/** The deadline of a call, and what a busy machine adds to that of a request, in milliseconds. */
const DEADLINE = 500;
const SLACK = 2500;

/** Within which time requests are answered when Redis is back, in milliseconds. */
const RECOVERY = 1000;

/** Everything that was acknowledged is on disk. */
const DURABLE = { appendonly: 'yes', appendfsync: 'always' };

const GONE = 'is out of reach';
const BACK = 'is back';

describeWithRedis('an outage of Redis', () => {
  it('down at the start: requests fail at once, and are served when it comes', async () => {
    const server = await RedisServer.prepare();
    onTestFinished(() => server.close());
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    const start = performance.now();
    const response = await app.people[0]?.browser.request('/login/ada', { method: 'POST' });
    expect(response?.status).toBe(503);
    expect(performance.now() - start).toBeLessThan(DEADLINE + SLACK);
    await server.begin();
    const since = performance.now();
    await app.login();
    expect(performance.now() - since).toBeLessThan(DEADLINE + SLACK);
    app.click();
    await app.until('answered');
    await app.stop('down at the start');
    await saidInPairs(app, 1);
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
      app.back();
      await app.until('answered');
    }
    const { longest, median, recovery } = await app.stop('killed twice');
    expect(longest).toBeLessThan(DEADLINE + SLACK);
    expect(median).toBeLessThan(DEADLINE);
    expect(recovery).toBeLessThan(RECOVERY);
    await saidInPairs(app, 2);
  });

  it('frozen for 5 s under traffic: every call ends within the deadline', async () => {
    const server = await RedisServer.start();
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    await app.login();
    app.click();
    await app.until('answered');
    server.signal('SIGSTOP');
    await delay(5000); // this is what is tested
    server.signal('SIGCONT');
    app.back();
    await app.until('answered');
    const { longest, median, recovery, refused } = await app.stop('frozen for 5 s');
    expect(refused).toBeGreaterThan(50);
    expect(longest).toBeLessThan(DEADLINE + SLACK);
    expect(median).toBeLessThan(DEADLINE);
    expect(recovery).toBeLessThan(RECOVERY);
    await saidInPairs(app, 1);
  });

  it('a wrong password: it says so, and serves as soon as the password is right', async () => {
    const server = await RedisServer.start({ settings: { requirepass: 'right' } });
    const url = server.url.replace('//', '//:wrong-pass@');
    const app = await RedisApp.begin({ REDIS_URL: url });
    await app.knock(20);
    expect(app.figures).toMatchObject({ refused: 20, wrong: 0 });
    expect(app.running.output).toMatch(/WRONGPASS.*Check the user and the password in REDIS_URL/);
    expect(app.running.output).not.toContain('wrong-pass');
    server.cli('-a', 'right', 'CONFIG', 'SET', 'requirepass', 'wrong-pass');
    await app.login();
    app.click();
    await app.until('answered');
    await app.stop('wrong password');
    await saidInPairs(app, 1);
  });

  it('a password that is asked for and not given: errors, and never an empty session', async () => {
    const server = await RedisServer.start();
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    await app.login();
    app.click();
    await app.until('answered');
    server.cli('CONFIG', 'SET', 'requirepass', 'asked for');
    server.cli('-a', 'asked for', 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await app.until('refused');
    server.cli('-a', 'asked for', 'CONFIG', 'SET', 'requirepass', '');
    app.back();
    await app.until('answered');
    const { longest, median, recovery } = await app.stop('NOAUTH');
    expect(app.running.output).toMatch(/NOAUTH.*Put the password into REDIS_URL/);
    expect(longest).toBeLessThan(DEADLINE + SLACK);
    expect(median).toBeLessThan(DEADLINE);
    expect(recovery).toBeLessThan(RECOVERY);
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
    app.back();
    await poll(() => app.said('stores sessions again') === 1);
    const { longest } = await app.stop('out of memory');
    expect(longest).toBeLessThan(DEADLINE + SLACK);
    expect(app.said('refuses to store sessions')).toBe(1);
    expect(app.running.output).toMatch(/OOM.*Raise maxmemory/);
  });

  it('a replica that takes no writes: reads go on, writes are told, and the login stays', async () => {
    const server = await RedisServer.start();
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    await app.login();
    app.click();
    await app.until('answered');
    server.cli('REPLICAOF', '127.0.0.1', String(await findFreePort()));
    await app.until('refused');
    await app.until('answered');
    server.cli('REPLICAOF', 'NO', 'ONE');
    app.back();
    await poll(() => app.said('stores sessions again') === 1);
    const { longest } = await app.stop('READONLY replica');
    expect(longest).toBeLessThan(DEADLINE + SLACK);
    expect(app.running.output).toMatch(/READONLY.*Point REDIS_URL to the master/);
  });

  it('a port that answers nothing: calls end within the deadline', async () => {
    let attempts = 0;
    const hole = createServer((socket) => {
      attempts++;
      socket.on('error', () => {});
      socket.resume(); // to hear of its end
    }).listen(0, '127.0.0.1');
    await once(hole, 'listening');
    onTestFinished(() => void hole.close());
    const { port } = hole.address() as AddressInfo;
    const app = await RedisApp.begin({ REDIS_URL: `redis://127.0.0.1:${port}` });
    await app.knock(100);
    expect(app.figures).toMatchObject({ sent: 100, refused: 100, wrong: 0 });
    expect(app.figures.longest).toBeLessThan(DEADLINE + SLACK);
    expect(app.figures.median).toBeLessThan(DEADLINE);
    expect(app.figures).toMatchObject({ answered: 0, wrong: 0 });
    await poll(() => app.said(GONE) === 1);
    await poll(() => attempts >= 4);
    const open = await new Promise<number>((resolve) =>
      hole.getConnections((_, count) => resolve(count)),
    );
    expect(open).toBeLessThanOrEqual(2); // those that were given up are ended
  });
});

/**
 * Waits until it was said as often that Redis is back as that it is gone: so often at least, and a
 * little more where a busy machine has had a call pass its deadline.
 */
async function saidInPairs(app: RedisApp, times: number): Promise<void> {
  await poll(() => app.said(GONE) === app.said(BACK));
  expect(app.said(GONE)).toBeGreaterThanOrEqual(times);
  expect(app.said(GONE)).toBeLessThanOrEqual(times + 3);
}
