import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { runScript } from '../support/script.ts';

const OLD = 'b1946ac92492d2347c6235b4d2611184';
const NEW = '591785b794601e212b260e25925636fd';

/** Visits itself, with the cookie that it is given, and prints what came of it. */
const APP = `
  import { once } from 'node:events';
  import express from 'express';
  import session from 'express-session';
  import { createStore, sessionOptions } from 'holdover/express';

  const options = JSON.parse(process.env.OPTIONS ?? '{}');
  const app = express();
  app.set('trust proxy', 1);
  app.use(session({ ...sessionOptions(options), store: createStore(options) }));
  app.get('/', (req, res) => {
    req.session.visits = (req.session.visits ?? 0) + 1;
    res.json({ visits: req.session.visits });
  });
  const server = app.listen(0);
  await once(server, 'listening');
  const response = await fetch('http://localhost:' + server.address().port, {
    headers: { 'x-forwarded-proto': 'https', cookie: process.env.COOKIE ?? '' },
  });
  const { visits } = await response.json();
  console.log(JSON.stringify({ visits, setCookie: response.headers.get('set-cookie') }));
  server.close();
  server.closeAllConnections();
`;

async function createProject(code = APP): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "project", "type": "module" }');
  app.write('app.js', code);
  return app;
}

interface Visit {
  visits: number;
  setCookie: string;
}

async function visit(app: App, env: NodeJS.ProcessEnv = {}): Promise<Visit> {
  return JSON.parse((await runScript(app, ['app.js'], env)).stdout) as Visit;
}

function nameOf({ setCookie }: Visit): string | undefined {
  return setCookie.split('=')[0];
}

describe('the cookie of sessionOptions()', () => {
  it('has a name of its project in development, and the usual one in production', async () => {
    const [one, two] = [await createProject(), await createProject()];
    const first = nameOf(await visit(one));
    expect(first).toMatch(/^holdover-test-\w+-[0-9a-f]{6}\.sid$/);
    expect(nameOf(await visit(one))).toBe(first);
    expect(nameOf(await visit(two))).not.toBe(first);
    const production = {
      NODE_ENV: 'production',
      SESSION_TYPE: 'filesystem',
      SESSION_SECRET: NEW,
    };
    const { setCookie } = await visit(one, production);
    expect(setCookie).toMatch(/^connect\.sid=.*Expires=.*HttpOnly; Secure; SameSite=Lax$/);
  });

  it('ends with the browser when it is not permanent', async () => {
    const app = await createProject();
    const { setCookie } = await visit(app, { OPTIONS: '{ "permanent": false }' });
    expect(setCookie).not.toMatch(/Expires|Max-Age/);
    const cookie = setCookie.split(';')[0] as string;
    const again = await visit(app, { OPTIONS: '{ "permanent": false }', COOKIE: cookie });
    expect(again.visits).toBe(2);
  });

  it('is sent once when it is not rolling', async () => {
    const app = await createProject();
    // One that is permanent is sent with every change, as express-session does.
    const env = { OPTIONS: '{ "rolling": false, "permanent": false }' };
    const cookie = (await visit(app, env)).setCookie.split(';')[0] as string;
    expect(await visit(app, { ...env, COOKIE: cookie })).toEqual({ visits: 2, setCookie: null });
  });
});

describeWithRedis('a secret that is followed by another', () => {
  it('leaves old cookies and old records valid, and signs anew', async () => {
    const server = await RedisServer.start();
    const app = await createProject();
    const env = (SESSION_SECRET: string, COOKIE = '') => ({
      NODE_ENV: 'production',
      REDIS_URL: server.url,
      SESSION_SECRET,
      COOKIE,
    });
    const cookieOf = ({ setCookie }: Visit): string => setCookie.split(';')[0] as string;
    const before = await visit(app, env(OLD));
    const rotated = await visit(app, env(`${NEW},${OLD}`, cookieOf(before)));
    expect(rotated.visits).toBe(2);
    expect(cookieOf(rotated)).not.toBe(cookieOf(before));
    expect((await visit(app, env(NEW, cookieOf(rotated)))).visits).toBe(3);
    expect((await visit(app, env(NEW, cookieOf(before)))).visits).toBe(1);
  });

  it('keeps the lifetime of a record whose cookie ends with the browser', async () => {
    const server = await RedisServer.start();
    const app = await createProject();
    const OPTIONS = '{ "permanent": false, "lifetime": "2h", "type": "redis" }';
    await visit(app, { OPTIONS, REDIS_URL: server.url });
    const key = server.cli('KEYS', '*');
    const ttl = Number(server.cli('PTTL', key));
    expect(ttl).toBeGreaterThan(1.9 * 60 * 60 * 1000);
    expect(ttl).toBeLessThanOrEqual(2 * 60 * 60 * 1000);
  });
});

const EXPRESS = (secret: string) => `import { randomBytes } from 'node:crypto';
import session from 'express-session';
session({
  secret: ${secret},
  resave: false,
  saveUninitialized: false,
});
`;

const FASTIFY = (secret: string) => `import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import Fastify from 'fastify';
const app = Fastify();
app.register(cookie);
app.register(session, { secret: ${secret} });
await app.ready();
`;

const RANDOM = `randomBytes(32).toString('hex')`;
const KEPT = `'${OLD}'`;

describe('a secret that is made anew at every start', () => {
  const start = async (app: App): Promise<string> =>
    (await runScript(app, ['--import', 'holdover/register', 'app.js'])).stderr;

  it.each([
    ['express-session', EXPRESS, 'express-session gets in app.js:3 is another one at every start'],
    ['@fastify/session', FASTIFY, '@fastify/session gets is another one at every start'],
  ])('of %s is said once, with what to do', async (_, code, sentence) => {
    const app = await createProject(code(RANDOM));
    const said: string[] = [];
    for (let times = 0; times < 5; times++) said.push(await start(app));
    expect(said.map((text) => text.includes(sentence))).toEqual([false, false, true, false, false]);
    expect(said[2]).toContain('put it into .env as SESSION_SECRET=…');
  });

  it.each([
    ['express-session', EXPRESS],
    ['@fastify/session', FASTIFY],
  ])(
    'of %s is not what one that is kept is taken for, nor one that was changed',
    async (_, code) => {
      const app = await createProject(code(KEPT));
      const said: string[] = [];
      for (let times = 0; times < 3; times++) said.push(await start(app));
      app.write('app.js', code(`'${NEW}'`));
      for (let times = 0; times < 3; times++) said.push(await start(app));
      expect(said.join()).not.toContain('another one');
      expect(said.join()).not.toContain(OLD);
    },
  );
});
