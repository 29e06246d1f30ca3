import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { get } from '../support/clients.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { start } from '../support/running.ts';

const PLAYGROUND = join(import.meta.dirname, '..', '..', 'playground');
const WORKERS = 4;
const CLIENTS = 24;
const VISITS = 8;
const COOKIE = 'connect.sid';

/** A copy of it, with more patience: what a busy machine makes Redis miss is not what is looked for. */
async function copyPlayground(): Promise<App> {
  const app = await createApp();
  cpSync(PLAYGROUND, app.folder, { recursive: true });
  linkPackage(app, '@keyv/redis');
  const holdover = { redis: { timeout: 20_000 } };
  app.write('package.json', JSON.stringify({ name: 'planner', type: 'module', holdover }));
  return app;
}

async function logIn(url: string): Promise<Browser> {
  const browser = new Browser(url);
  const form = await (await browser.request('/organizer/login')).text();
  const csrfToken = /name="csrfToken"\s+value="([^"]+)"/.exec(form)?.[1] ?? '';
  const body = new URLSearchParams({ name: 'ada', password: 'lovelace', csrfToken });
  const answer = await browser.request('/organizer/login', { method: 'POST', body });
  expect(answer.status).toBe(303);
  await answer.text();
  return browser;
}

describeWithRedis('the party planner in production, with 4 workers on Redis', () => {
  it('is logged in to on one and seen on all, by 24 clients that lose no update', async () => {
    const server = await RedisServer.start();
    const app = await copyPlayground();
    const { port, url } = app;
    const words = ['--import', 'tsx', '--import', 'holdover/register', 'cluster.ts'];
    const running = start(process.execPath, words, {
      cwd: app.folder,
      env: {
        PORT: String(port),
        WORKERS: String(WORKERS),
        NODE_ENV: 'production',
        SESSION_TYPE: 'redis',
        REDIS_URL: server.url,
        SESSION_SECRET: 'b1946ac92492d2347c6235b4d2611184',
      },
    });
    await poll(() => running.output.split('Party planner at').length > WORKERS);

    const pids = new Set<string>();
    const visit = async (cookie: string): Promise<number> => {
      // A connection of its own goes to the next worker.
      const { status, text } = await get({ port, path: '/organizer/', headers: { cookie } });
      expect(status).toBe(200);
      pids.add(/server process (\d+)/.exec(text)?.[1] ?? 'none');
      return Number(/(\d+) since the login/.exec(text)?.[1]);
    };
    const client = async (): Promise<number[]> => {
      const cookie = `${COOKIE}=${(await logIn(url)).cookie(COOKIE)}`;
      const visits: number[] = [];
      for (let count = 0; count < VISITS; count++) visits.push(await visit(cookie));
      return visits;
    };
    const all = await Promise.all(Array.from({ length: CLIENTS }, client));

    const expected = Array.from({ length: VISITS }, (_, index) => index + 1);
    const complete = all.filter((visits) => visits.join() === expected.join()).length;
    console.log(
      `${CLIENTS} clients, ${CLIENTS * VISITS} updates, on ${pids.size} workers: ${complete} complete`,
    );
    expect(complete).toBe(CLIENTS);
    expect(pids.size).toBe(WORKERS);
    expect(running.output).not.toMatch(/Error|out of reach/);

    running.kill('SIGTERM');
    expect((await running.exited).code).toBe(0);
  });
});
