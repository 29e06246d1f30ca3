import { expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { Rig, type Project } from '../support/rig.ts';
import { HOLDOVER_WATCH, NODE, type Tool } from '../support/tools.ts';

interface Me {
  user?: string;
  visits?: number;
  version: string;
}

/** An app that knows nothing of holdover, and a client that logs in to it. */
async function begin(
  tool: Tool,
  env: NodeJS.ProcessEnv,
  words: string[] = [],
  entry = 'express.js',
  prepare?: (app: Project) => void,
) {
  const rig = await Rig.start({
    fixture: 'logins',
    tool,
    words: [...words, entry],
    env,
    ...(prepare && { prepare }),
  });
  const me = (version = '1'): Promise<Me> => rig.answers<Me>({ version }, '/me');
  const save = (version: string): void =>
    rig.save('version.js', `export const version = '${version}';\n`);
  const login = async (): Promise<void> => {
    await me();
    // All of the answer: express-session sends the most of it, stores, and then sends the rest.
    const answer = await rig.browser.json('/login?user=ada', { method: 'POST' });
    expect(answer).toEqual({ user: 'ada' });
  };
  return { rig, me, save, login };
}

describeWithRedis('an app that knows nothing of holdover, on Redis', () => {
  it('keeps its login over restarts under holdover watch, with --redis', async () => {
    const { url, cli } = openRedisDatabase();
    const { rig, me, save, login } = await begin(HOLDOVER_WATCH, { REDIS_URL: url }, ['--redis']);
    await login();
    await rig.running.printed(`sessions are kept in ${url.replace(/\/\d+$/, '')}`); // without the database
    for (const version of ['2', '3']) {
      save(version);
      expect(await me(version)).toMatchObject({ user: 'ada' });
    }
    await rig.printed(/version\.js.*\d ms/);
    expect(rig.output).not.toMatch(/held over|no sessions yet/);
    expect(cli('KEYS', '*')).toMatch(/^holdover:express-connect_2esid:[\w-]+$/);
    expect(() => rig.app.read('.holdover/sessions/.gitignore')).toThrow();

    await rig.browser.request('/logout', { method: 'POST' });
    save('4');
    expect((await me('4')).user).toBeUndefined();
    // Redis keeps no app from ending that has closed its server.
    rig.running.kill('SIGINT');
    expect(await rig.running.exited).toBeDefined();
  });

  it('keeps its login over kills with node --import holdover/register, in production', async () => {
    const { rig, me, login } = await begin(NODE, {
      REDIS_URL: openRedisDatabase().url,
      SESSION_TYPE: 'redis',
      SESSION_SECRET: 'b1946ac92492d2347c6235b4d2611184',
      NODE_ENV: 'production',
    });
    await login();
    for (let times = 0; times < 2; times++) {
      await rig.killAll();
      rig.startAgain();
      expect(await me()).toMatchObject({ user: 'ada', visits: 1 + times });
    }
  });

  it('is left alone in production when nothing is named, with and without a REDIS_URL', async () => {
    for (const REDIS_URL of ['', 'redis://127.0.0.1:1']) {
      const { rig, login, me } = await begin(NODE, { REDIS_URL, NODE_ENV: 'production' });
      await login();
      expect(await me()).toMatchObject({ user: 'ada' });
      expect(rig.output).not.toContain('[holdover]');
    }
  });

  it('answers 503 with Fastify too while Redis is gone, and keeps the login', async () => {
    const server = await RedisServer.start({
      settings: { appendonly: 'yes', appendfsync: 'always' },
    });
    const env = { SESSION_TYPE: 'redis', REDIS_URL: server.url };
    const { rig, me, login } = await begin(NODE, env, [], 'fastify.ts');
    await login();
    await server.kill();
    const refused = await poll(async () => {
      const response = await rig.browser.request('/me');
      return response.ok ? undefined : response;
    });
    expect(refused.status).toBe(503);
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect(await refused.text()).not.toContain('127.0.0.1');
    await server.begin();
    expect((await me()).user).toBe('ada');
    expect(rig.output).toMatch(/is out of reach[^]*is back/);
  });

  it('says in one line what is missing', async () => {
    const { rig } = await begin(HOLDOVER_WATCH, {}, ['--redis']);
    await rig.running.printed('--redis needs REDIS_URL. Set it to redis://host:6379.');
  });

  it('ends by itself when its server is closed, whether Redis is there or not', async () => {
    const server = await RedisServer.start();
    const env = { SESSION_TYPE: 'redis', REDIS_URL: server.url };
    const { rig, login } = await begin(NODE, env, [], 'express.js', (app) => {
      const closing = `process.once('SIGTERM', () => { server.close(); server.closeAllConnections(); });`;
      app.write('express.js', `${app.read('express.js')}${closing}`);
    });
    await login();
    rig.running.kill('SIGTERM');
    expect(await rig.running.exited).toEqual({ code: 0, signal: null });
    await server.kill();
    rig.startAgain();
    await rig.listens();
    rig.running.kill('SIGTERM');
    expect(await rig.running.exited).toEqual({ code: 0, signal: null });
  });
});
