import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

interface Me {
  user?: string;
  visits?: number;
  version: string;
}

/** An app that knows nothing of holdover, and somebody who is logged in to it. */
async function begin(words: string[], env: NodeJS.ProcessEnv) {
  const app = await createApp('logins');
  // What a busy machine makes Redis miss is not what is looked for.
  const manifest = JSON.parse(app.read('package.json')) as object;
  app.write(
    'package.json',
    JSON.stringify({ ...manifest, holdover: { redis: { timeout: 20_000 } } }),
  );
  const browser = new Browser(app.url);
  const run = () =>
    start(process.execPath, [...words, 'express.js'], {
      cwd: app.folder,
      env: { PORT: String(app.port), ...env },
    });
  const me = (version: string) =>
    poll(async () => {
      const answer = await browser.json<Me>('/me');
      return answer?.version === version ? answer : undefined;
    });
  const save = (version: string) =>
    app.write('version.js', `export const version = '${version}';\n`);
  const login = async () => {
    await me('1');
    // All of the answer: express-session sends the most of it, stores, and then sends the rest.
    expect(await browser.json('/login?user=ada', { method: 'POST' })).toEqual({ user: 'ada' });
  };
  return { app, browser, run, me, save, login };
}

describeWithRedis('an app that knows nothing of holdover, on Redis', () => {
  it('keeps its login over restarts under holdover watch, with --redis', async () => {
    const server = await RedisServer.start();
    const { app, browser, run, me, save, login } = await begin([CLI, 'watch', '--redis'], {
      REDIS_URL: server.url,
    });
    const running = run();
    await login();
    await running.printed(`sessions are kept in ${server.url}`);
    for (const version of ['2', '3']) {
      save(version);
      expect(await me(version)).toMatchObject({ user: 'ada' });
    }
    await running.printed(/version\.js.*\d ms/);
    expect(running.output).not.toMatch(/\d sessions? held over|no sessions held over/);
    expect(server.cli('KEYS', '*')).toMatch(/^holdover:express-connect_2esid:[\w-]+$/);
    expect(() => app.read('.holdover/sessions/.gitignore')).toThrow();

    await browser.request('/logout', { method: 'POST' });
    save('4');
    expect((await me('4')).user).toBeUndefined();
    // Redis keeps no app from ending that has closed its server.
    running.kill('SIGINT');
    expect(await running.exited).toBeDefined();
  });

  it('keeps its login over kills with node --import holdover/register, in production', async () => {
    const server = await RedisServer.start();
    const env = {
      REDIS_URL: server.url,
      SESSION_TYPE: 'redis',
      SESSION_SECRET: 'b1946ac92492d2347c6235b4d2611184',
      NODE_ENV: 'production',
    };
    const { run, me, login } = await begin(['--import', 'holdover/register'], env);
    let running = run();
    await login();
    for (let times = 0; times < 2; times++) {
      running.kill('SIGKILL');
      await running.exited;
      running = run();
      expect(await me('1')).toMatchObject({ user: 'ada', visits: 1 + times });
    }
  });

  it('is left alone in production when nothing is named, with and without a REDIS_URL', async () => {
    for (const REDIS_URL of ['', 'redis://127.0.0.1:1']) {
      const env = { REDIS_URL, NODE_ENV: 'production' };
      const { run, login, me } = await begin(['--import', 'holdover/register'], env);
      const running = run();
      await login();
      expect(await me('1')).toMatchObject({ user: 'ada' });
      expect(running.output).not.toContain('[holdover]');
    }
  });

  it('answers 503 with Fastify too while Redis is gone, and keeps the login', async () => {
    const server = await RedisServer.start({
      settings: { appendonly: 'yes', appendfsync: 'always' },
    });
    const app = await createApp('logins');
    const words = ['--import', 'tsx', '--import', 'holdover/register', 'fastify.ts'];
    const running = start(process.execPath, words, {
      cwd: app.folder,
      env: { PORT: String(app.port), SESSION_TYPE: 'redis', REDIS_URL: server.url },
    });
    const browser = new Browser(app.url);
    await poll(() => browser.json('/me'));
    expect(await browser.json('/login?user=ada', { method: 'POST' })).toEqual({ user: 'ada' });
    await server.kill();
    const refused = await poll(async () => {
      const response = await browser.request('/me');
      return response.ok ? undefined : response;
    });
    expect(refused.status).toBe(503);
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect(await refused.text()).not.toContain('127.0.0.1');
    await server.begin();
    expect((await poll(() => browser.json<Me>('/me'))).user).toBe('ada');
    expect(running.output).toMatch(/is out of reach[^]*is back/);
  });

  it('says in one line what is missing', async () => {
    const { run } = await begin([CLI, 'watch', '--redis'], {});
    await run().printed('--redis needs REDIS_URL. Set it to redis://host:6379.');
  });

  it('ends by itself when its server is closed, whether Redis is there or not', async () => {
    const server = await RedisServer.start();
    const { app, run, login } = await begin(['--import', 'holdover/register'], {
      REDIS_URL: server.url,
      SESSION_TYPE: 'redis',
    });
    const closing = app
      .read('express.js')
      .concat(`process.once('SIGTERM', () => { server.close(); server.closeAllConnections(); });`);
    app.write('express.js', closing);
    for (const isThere of [true, false]) {
      const running = run();
      if (isThere) await login();
      else await running.printed('listening');
      if (!isThere) await server.kill();
      running.kill('SIGTERM');
      expect(await running.exited).toEqual({ code: 0, signal: null });
    }
  });
});
