import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { RedisApp } from '../support/redis-app.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';

describeWithRedis('createStore() on Redis', () => {
  it('asks Redis nothing for a visitor without a cookie', async () => {
    const server = await RedisServer.start();
    const { app } = await RedisApp.beginPatiently({ REDIS_URL: server.url });
    const login = new Browser(app.url);
    expect((await login.request('/login/ada', { method: 'POST' })).status).toBe(200);
    server.cli('CONFIG', 'RESETSTAT');
    for (let visits = 0; visits < 10; visits++) {
      expect(await new Browser(app.url).json('/me')).toEqual({});
    }
    const asked = [...server.cli('INFO', 'commandstats').matchAll(/cmdstat_(\w+)/g)];
    expect(asked.map(([, name]) => name).filter((name) => !/config|info/.test(name ?? ''))).toEqual(
      [],
    );
    expect(await login.json('/me')).toMatchObject({ user: 'ada' });
  });

  it('begins a session anew whose key is of another type', async () => {
    const server = await RedisServer.start();
    const { app, running } = await RedisApp.beginPatiently({ REDIS_URL: server.url });
    const browser = new Browser(app.url);
    await browser.request('/login/ada', { method: 'POST' });
    const key = server.cli('KEYS', 'holdover:*');
    server.cli('DEL', key);
    server.cli('LPUSH', key, 'theirs');
    const answer = await browser.request('/me');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({});
    await browser.request('/login/ada', { method: 'POST' });
    expect(await browser.json('/me')).toMatchObject({ user: 'ada' });
    expect(running.output).not.toMatch(/refuses to store|out of reach/);
  });
});
