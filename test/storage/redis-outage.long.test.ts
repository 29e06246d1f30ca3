import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { findFreePort } from '../support/app.ts';
import { poll } from '../support/poll.ts';
import { GONE, RedisApp } from '../support/redis-app.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';

describeWithRedis('a Redis that does not serve', () => {
  it('frozen under traffic: requests are refused, and served when it goes on', async () => {
    const server = await RedisServer.start();
    const app = await RedisApp.begin({ REDIS_URL: server.url });
    await app.login();
    app.click();
    await app.until('answered');
    server.signal('SIGSTOP');
    await app.until('refused', 50);
    server.signal('SIGCONT');
    await app.until('answered');
    await app.stop();
    await app.saysPairs(1);
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
    await app.stop();
    await app.saysPairs(1);
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
    await app.until('answered');
    await app.stop();
    expect(app.running.output).toMatch(/NOAUTH.*Put the password into REDIS_URL/);
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
    await poll(() => app.said('stores sessions again') === 1);
    await app.stop();
    expect(app.running.output).toMatch(/READONLY.*Point REDIS_URL to the master/);
  });

  it('a port that answers nothing: every request is refused', async () => {
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
    expect(app.figures).toMatchObject({ answered: 0, wrong: 0 });
    await poll(() => app.said(GONE) === 1);
    await poll(() => attempts >= 4);
    const open = await new Promise<number>((resolve) =>
      hole.getConnections((_, count) => resolve(count)),
    );
    expect(open).toBeLessThanOrEqual(2); // those that were given up are ended
  });
});
