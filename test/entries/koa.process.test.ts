import type { CreateSessionOptions } from 'koa-session';
import { describe, expect, it } from 'vitest';
import { createStore, sessionKeys, sessionOptions } from '../../src/koa.ts';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { useRedis } from '../support/redis-database.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { start, type Running } from '../support/running.ts';
import { runScript } from '../support/script.ts';

/** The newest first. */
const SECRETS = ['b1946ac92492d2347c6235b4d2611184', '591785b794601e212b260e25925636fd'];

interface Me {
  user?: string;
  visits?: number;
}

async function createKoaApp(): Promise<App> {
  const app = await createApp('own-stores');
  for (const name of ['koa', 'koa-session']) linkPackage(app, name);
  return app;
}

async function run(app: App, env: NodeJS.ProcessEnv): Promise<Running> {
  const running = start(process.execPath, ['koa.js'], {
    cwd: app.folder,
    env: { PORT: String(app.port), ...env },
  });
  await running.printed('listening');
  return running;
}

const POST = { method: 'POST' };

function describeStore(createEnvironment: (app: App) => Promise<NodeJS.ProcessEnv>): void {
  it('keeps a login over kill -9, a logout and what a faster request has stored', async () => {
    const app = await createKoaApp();
    const env = await createEnvironment(app);
    let running = await run(app, env);
    const ada = new Browser(app.url);
    await ada.json('/login?user=ada', POST);
    const restart = async (): Promise<void> => {
      running.kill('SIGKILL');
      await running.exited;
      running = await run(app, env);
    };
    /** Sends a request that waits while something else is done. */
    const whileSlow = async (path: string, init: RequestInit, act: () => Promise<unknown>) => {
      const slow = ada.clone().json(path, init);
      await poll(async () => (await ada.json<{ count: number }>('/waiting'))?.count === 1);
      await act();
      await new Browser(app.url).json('/go', POST);
      await slow;
    };
    await restart();
    expect(await ada.json<Me>('/peek')).toEqual({ user: 'ada', visits: 0 });

    // A session that is extended is not stored as the slower request has read it.
    await whileSlow('/slow/peek', {}, () => ada.json('/count', POST));
    expect(await ada.json<Me>('/peek')).toEqual({ user: 'ada', visits: 1 });

    const before = ada.clone();
    expect(await ada.json('/regenerate', POST)).toEqual({ user: 'ada' });
    expect(await before.json<Me>('/peek')).toEqual({});
    await restart();
    expect(await before.json<Me>('/peek')).toEqual({});
    expect(await ada.json<Me>('/peek')).toEqual({ user: 'ada', visits: 1 });

    const kept = ada.clone();
    await whileSlow('/slow/count', POST, () => ada.json('/logout', POST));
    expect(await kept.json<Me>('/peek')).toEqual({});
    await restart();
    expect(await kept.json<Me>('/peek')).toEqual({});
    expect(await ada.json<Me>('/peek')).toEqual({});
    await ada.json('/login?user=grace', POST);
    expect(await ada.json<Me>('/peek')).toEqual({ user: 'grace', visits: 0 });
  });
}

describe('holdover/koa on the directory', () => describeStore(async () => ({})));

describeWithRedis('holdover/koa on Redis', () => {
  describeStore(async (app) => {
    linkPackage(app, '@keyv/redis');
    return useRedis(app);
  });
});

it('has the types of koa-session, with no cast', () => {
  const type = 'memory';
  const options: CreateSessionOptions = {
    ...sessionOptions({ type }),
    store: createStore({ type }),
  };
  expect(options).toMatchObject({
    httpOnly: true,
    sameSite: 'lax',
    secure: false,
    rolling: true,
    maxAge: 7 * 24 * 60 * 60 * 1000,
  });
  expect(options.key).toMatch(/\.sid$/);
  const short = sessionOptions({ type, permanent: false, rolling: false });
  expect(short).toMatchObject({ maxAge: 'session', rolling: false });
  expect(sessionKeys({ type })).toEqual([expect.stringMatching(/^.{32,}$/)]);
});

it('needs a long secret in production, and is a store for koa-generic-session', async () => {
  const app = await createKoaApp();
  linkPackage(app, 'koa-generic-session');
  app.write(
    'app.js',
    `import { once } from 'node:events';
     import session from 'koa-generic-session';
     import { createStore, sessionKeys, sessionOptions } from 'holdover/koa';
     import Koa from 'koa';

     const found = [];
     for (const secret of ['', '${SECRETS.join(',')}']) {
       Object.assign(process.env, { NODE_ENV: 'production', SESSION_SECRET: secret });
       try {
         found.push([sessionKeys(), sessionOptions()]);
       } catch (error) {
         found.push(error.message);
       }
     }
     Object.assign(process.env, { NODE_ENV: 'development' });
     const app = new Koa();
     app.keys = ['a key'];
     app.use(session({ store: createStore() }));
     app.use((ctx) => {
       if (ctx.path === '/in') ctx.session.user = 'ada';
       ctx.body = { user: ctx.session.user };
       if (ctx.path === '/out') ctx.session = null;
     });
     const server = app.listen(0);
     await once(server, 'listening');
     const visit = async (path, cookie = '') => {
       const response = await fetch('http://localhost:' + server.address().port + path, { headers: { cookie } });
       const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
       return { cookies, user: (await response.json()).user };
     };
     const { cookies } = await visit('/in');
     for (const path of ['/me', '/out', '/me']) found.push((await visit(path, cookies)).user ?? null);
     server.close();
     server.closeAllConnections();
     console.log(JSON.stringify(found));`,
  );
  const { stdout } = await runScript(app, ['app.js']);
  const day = 24 * 60 * 60 * 1000;
  expect(JSON.parse(stdout)).toEqual([
    expect.stringMatching(/^SESSION_SECRET is not set\./),
    [SECRETS, { httpOnly: true, sameSite: 'lax', secure: true, maxAge: 7 * day, rolling: true }],
    'ada',
    'ada',
    null,
  ]);
});
