import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { rows } from '../support/depth.ts';
import { bePatientWithRedis } from '../support/patient-redis.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { runScript } from '../support/script.ts';

const OLD = 'b1946ac92492d2347c6235b4d2611184';
const NEW = '591785b794601e212b260e25925636fd';

/**
 * Visits itself, with the cookie that it is given, and when it is told so again, with the one that it has got;
 * prints what came of it. It does so for each of some options.
 */
const APP = `
  import { once } from 'node:events';
  import express from 'express';
  import session from 'express-session';
  import { createStore, sessionOptions } from 'holdover/express';

  const visits = async (options) => {
    const app = express();
    app.set('trust proxy', 1);
    app.use(session({ ...sessionOptions(options), store: createStore(options) }));
    app.get('/', (req, res) => {
      req.session.visits = (req.session.visits ?? 0) + 1;
      res.json({ visits: req.session.visits });
    });
    const server = app.listen(0);
    await once(server, 'listening');
    const visit = async (cookie = '') => {
      const response = await fetch('http://localhost:' + server.address().port, {
        headers: { 'x-forwarded-proto': 'https', cookie },
      });
      const { visits } = await response.json();
      return { visits, setCookie: response.headers.get('set-cookie') };
    };
    const first = await visit(process.env.COOKIE);
    const second = process.env.AGAIN && (await visit(first.setCookie?.split(';')[0]));
    server.close();
    server.closeAllConnections();
    return [first, second];
  };
  const all = [];
  for (const options of JSON.parse(process.env.OPTIONS ?? '[{}]')) all.push(await visits(options));
  console.log(JSON.stringify(all));
`;

async function createProject(code = APP): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "project", "type": "module" }');
  bePatientWithRedis(app);
  app.write('app.js', code);
  return app;
}

interface Visit {
  visits: number;
  setCookie: string;
}

type Visits = [first: Visit, second: Visit];

/** Runs the app, with each of the options; it is visited twice with `AGAIN`. */
async function visitWith(
  app: App,
  options: object[],
  env: NodeJS.ProcessEnv = {},
): Promise<Visits[]> {
  const all = { OPTIONS: JSON.stringify(options), ...env };
  return JSON.parse((await runScript(app, ['app.js'], all)).stdout) as Visits[];
}

async function visit(app: App, env: NodeJS.ProcessEnv = {}, options = {}): Promise<Visit> {
  const [[first]] = (await visitWith(app, [options], env)) as [Visits];
  return first;
}

function nameOf({ setCookie }: Visit): string | undefined {
  return setCookie.split('=')[0];
}

describe('the cookie of sessionOptions()', () => {
  it('is named after its project in development, and is what permanent and rolling make it', async () => {
    const [one, two] = [await createProject(), await createProject()];
    // One that is permanent is sent with every change, as express-session does.
    const brief = { permanent: false };
    const [usual, short, once] = (await visitWith(one, [{}, brief, { ...brief, rolling: false }], {
      AGAIN: 'yes',
    })) as [Visits, Visits, Visits];
    const first = nameOf(usual[0]);
    expect(first).toMatch(/^holdover-test-\w+-[0-9a-f]{6}\.sid$/);
    expect(nameOf(await visit(two))).not.toBe(first);
    const production = {
      NODE_ENV: 'production',
      SESSION_TYPE: 'filesystem',
      SESSION_SECRET: NEW,
    };
    const { setCookie } = await visit(one, production);
    expect(setCookie).toMatch(/^connect\.sid=.*Expires=.*HttpOnly; Secure; SameSite=Lax$/);

    for (const [{ setCookie: made }, again] of [short, once]) {
      expect(made).not.toMatch(/Expires|Max-Age/);
      expect(again.visits).toBe(2);
    }
    expect(short[1].setCookie).not.toBeNull();
    expect(once[1].setCookie).toBeNull();

    // The next process has the name, and what was kept.
    const [cookie] = short[0].setCookie.split(';');
    const next = await visit(one, { COOKIE: cookie }, brief);
    expect(next.visits).toBe(3);
    expect(nameOf(next)).toBe(first);
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
    const options = { permanent: false, lifetime: '2h', type: 'redis' };
    await visit(app, { REDIS_URL: server.url }, options);
    const key = server.cli('KEYS', '*');
    const ttl = Number(server.cli('PTTL', key));
    expect(ttl).toBeGreaterThan(1.9 * 60 * 60 * 1000);
    expect(ttl).toBeLessThanOrEqual(2 * 60 * 60 * 1000);
  });
});

/** Apps that read their secrets themselves, as they are advised to. */
const ADVISED = "process.env.SESSION_SECRET.split(',')";

const ROTATED: { name: string; toApp: (secret: string) => string }[] = [
  { name: 'express-session', toApp: (secret) => toExpressApp(`secret: ${secret}, rolling: true,`) },
  {
    name: '@fastify/session',
    toApp: (secret) => `
      import Fastify from 'fastify';
      import cookie from '@fastify/cookie';
      import session from '@fastify/session';
      const app = Fastify();
      await app.register(cookie);
      await app.register(session, { secret: ${secret}, cookie: { secure: false } });
      app.post('/login', async (request) => { request.session.user = 'ada'; return {}; });
      app.get('/me', async (request) => ({ user: request.session.user }));
      await app.listen({ port: Number(process.env.PORT) });
      console.log('listening');`,
  },
];

describe.each(rows(ROTATED, 'express-session'))(
  'an app on $name that reads SESSION_SECRET itself',
  ({ name, toApp }) => {
    it('keeps its logins when a new secret is put before the old one', async () => {
      const project = await CareProject.begin('filesystem');
      const first = await CareApp.start(project, toApp(ADVISED), { SESSION_SECRET: OLD });
      await first.browser.json('/login', { method: 'POST' });
      await first.kill();
      const both = { SESSION_SECRET: `${NEW},${OLD}` };
      const second = await CareApp.start(project, toApp(ADVISED), both);
      expect(await first.browser.json('/me')).toEqual({ user: 'ada' });
      await second.kill();
      await CareApp.start(project, toApp(ADVISED), { SESSION_SECRET: NEW });
      expect(await first.browser.json('/me')).toEqual({ user: 'ada' }); // it was signed anew
    });

    it('is told by doctor when it takes several for one', async () => {
      const project = await CareProject.begin('filesystem');
      const env = { SESSION_SECRET: `${NEW},${OLD}` };
      const app = await CareApp.start(project, toApp('process.env.SESSION_SECRET'), env);
      expect(app.running.output).not.toContain(OLD);
      await poll(async () => {
        const { stdout } = await project.run(['doctor'], env);
        return stdout.includes(`${name} gets the 2 secrets of SESSION_SECRET as one text`);
      });
    });
  },
);

it('sessionOptions() of holdover/fastify keeps logins when a new secret is put before the old one', async () => {
  const project = await CareProject.begin('filesystem');
  const code = `
    import Fastify from 'fastify';
    import cookie from '@fastify/cookie';
    import session from '@fastify/session';
    import { createStore, sessionOptions } from 'holdover/fastify';
    const app = Fastify();
    await app.register(cookie);
    await app.register(session, { ...sessionOptions(), store: createStore() });
    app.post('/login', async (request) => {
      await request.session.regenerate();
      request.session.user = 'ada';
      return {};
    });
    app.get('/me', async (request) => ({ user: request.session.user }));
    await app.listen({ port: Number(process.env.PORT) });
    console.log('listening');`;
  const run = (SESSION_SECRET: string): Promise<CareApp> =>
    CareApp.start(project, code, { SESSION_SECRET }, ['app.js']);
  const first = await run(OLD);
  await first.browser.json('/login', { method: 'POST' });
  await first.kill();
  const second = await run(`${NEW},${OLD}`);
  for (let n = 0; n < 3; n++) expect(await first.browser.json('/me')).toEqual({ user: 'ada' });
  expect(await second.browser.json('/me')).toEqual({});
  await first.browser.json('/login', { method: 'POST' }); // a new id, and a new signature
  await second.kill();
  await run(NEW);
  expect(await first.browser.json('/me')).toEqual({ user: 'ada' });
});
