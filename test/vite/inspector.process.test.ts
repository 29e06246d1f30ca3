import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Plugin, ViteDevServer } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, findRunningApps } from '../../src/asking/ask.ts';
import type { CookieText } from '../../src/asking/questions.ts';
import type { Status } from '../../src/asking/status.ts';
import type { Restart } from '../../src/asking/restart.ts';
import { listSessions, type SessionFacts } from '../../src/care/sessions.ts';
import type { HostOptions } from '../../src/options.ts';
import holdover from '../../src/vite.ts';
import { poll } from '../support/poll.ts';
import { createListener, createProject, portOf, serve, VITES } from './servers.ts';
import { FASTIFY } from './subjects.ts';
import { ViteStory } from './vite-story.ts';

const WAYWARD = 'Open the address that the terminal has printed.\n';

function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { redirect: 'manual', headers });
}

/** The addresses of the inspector among the lines of a terminal. */
function addressesIn(lines: string[]): string[] {
  return lines.flatMap((line) => /^ {2}➜ {2}Inspector: (.+)$/.exec(line)?.[1] ?? []);
}

const saysSessions = (lines: string[]): boolean => lines.some((line) => line.includes('Sessions:'));

/** Visits the address that was printed, as a browser does; gives the cookie. */
async function visit(address: string): Promise<string> {
  const response = await get(address, { 'sec-fetch-dest': 'document' });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/__holdover/']);
  const [cookie = ''] = response.headers.getSetCookie();
  expect(cookie).toContain('Path=/__holdover/');
  return cookie.split(';', 1)[0] ?? '';
}

describe.each(VITES)('the inspector in $name', ({ vite }) => {
  it('has its address beneath the sessions, and answers there only, whatever the base is', async () => {
    const root = createProject({ 'index.html': '<p>hello</p>' });
    const { lines, logger } = createListener(vite);
    const server = await serve(vite, root, { customLogger: logger, base: '/app/' });
    const origin = `http://localhost:${portOf(server)}`;
    server.printUrls();
    await poll(() => addressesIn(lines).length > 0);
    const [address = '', ...others] = addressesIn(lines);
    expect(others).toEqual([]);
    expect(address).toMatch(/\/__holdover\/\?token=[\w-]{43}$/);
    expect(new URL(address).origin).toBe(origin);
    const at = lines.findIndex((line) => line.includes('Inspector:'));
    expect(lines[at - 1]).toContain('Sessions:');

    expect(await visit(address)).toMatch(/^holdover-\d+=/);
    for (const path of ['/__holdover/', '/__holdover/api/sessions']) {
      const response = await get(origin + path, { origin: 'http://localhost:9' });
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining(WAYWARD.trim()),
      ]);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
    const below = await get(`${origin}/app/__holdover/`, { accept: 'text/html' });
    expect(await below.text()).toContain('hello');

    await server.restart();
    server.printUrls();
    await poll(() => addressesIn(lines).length === 2);
    expect(addressesIn(lines).at(-1)).toBe(address); // pages that are open go on
  });

  it('is not there where it is turned off, nor with memory, nor in tests, nor in a preview', async () => {
    const off: [HostOptions, Plugin[]][] = [
      [{ inspector: false }, []],
      [{ type: 'memory' }, []],
      [{}, [{ name: 'vitest' }]],
    ];
    for (const [options, plugins] of off) {
      const root = createProject({ 'index.html': '<p>hello</p>' });
      const { lines, logger } = createListener(vite);
      const server = await serve(vite, root, { customLogger: logger, plugins }, options);
      server.printUrls();
      if (options.type !== 'memory' && plugins.length === 0) await poll(() => saysSessions(lines));
      const url = `http://localhost:${portOf(server)}/__holdover/`;
      expect(await (await get(url, { accept: 'text/html' })).text()).toContain('hello');
      expect(addressesIn(lines)).toEqual([]);
    }
    const { lines, logger } = createListener(vite);
    const root = createProject({ 'dist/index.html': '<p>built</p>' });
    const server = await vite.preview({
      configFile: false,
      root,
      customLogger: logger,
      plugins: [holdover()],
      preview: { port: 0 },
    });
    onTestFinished(() => server.close());
    server.printUrls();
    await poll(() => saysSessions(lines));
    expect(addressesIn(lines)).toEqual([]);
    const { port } = server.httpServer.address() as AddressInfo;
    const url = `http://localhost:${port}/__holdover/`;
    expect(await (await get(url, { accept: 'text/html' })).text()).toContain('built');
  });

  it('says in middleware mode where it is, when the app has handed on a request', async () => {
    const root = createProject({ 'index.html': '<p>hello</p>' });
    const { lines, logger } = createListener(vite);
    const middlewareMode = { middlewareMode: true, hmr: { port: 0 } };
    const vites = await serve(vite, root, { customLogger: logger, server: middlewareMode });
    const app = await listen(vites);
    expect(addressesIn(lines)).toEqual([]);
    const origin = `http://localhost:${(app.address() as AddressInfo).port}`;
    await (await get(origin)).text();
    await (await get(origin)).text();
    const [address = '', ...others] = addressesIn(lines);
    expect([new URL(address).origin, others]).toEqual([origin, []]);
    expect(await visit(address)).toMatch(/^holdover-/);
  });
});

/** An app that has Vite as a middleware. */
async function listen({ middlewares }: ViteDevServer): Promise<Server> {
  const app = createServer((request, response) => {
    middlewares(request, response, () => response.end());
  });
  onTestFinished(() => void app.close());
  await new Promise<void>((resolve) => app.listen(0, resolve));
  return app;
}

/** Asks the app in a folder a question, as the commands do. */
async function question<T>(folder: string, text: string): Promise<T> {
  const [app] = findRunningApps(folder);
  if (!app) throw new Error('No app is found.');
  return (await ask(app, text)) as T;
}

/** Asks the app for the cookie of the user's session. */
async function askForCookie(folder: string, user: string): Promise<CookieText | null> {
  const sessions: SessionFacts[] = [];
  for await (const one of listSessions({ root: folder })) sessions.push(one);
  const session = sessions.find(({ data }) => JSON.stringify(data).includes(`"${user}"`));
  const named = JSON.stringify({ namespace: session?.namespace, id: session?.id });
  return (await question<{ cookie: CookieText | null }>(folder, `cookie ${named}`)).cookie;
}

describe('an app inside Vite', () => {
  it('has no inspector with NODE_ENV=production, and signs no cookie', async () => {
    const subject = { ...FASTIFY, env: { NODE_ENV: 'production' } };
    const story = await ViteStory.begin(subject, 'vite');
    const { folder, url } = story.app;
    await story.login('ada');
    await poll(() => findRunningApps(folder).length > 0);
    expect(await askForCookie(folder, 'ada')).toBeNull();
    await story.running.printed('Sessions:');
    expect(addressesIn(story.running.output.split('\n'))).toEqual([]);
    const page = await get(`${url}/__holdover/`, { accept: 'text/html' });
    expect(await page.text()).not.toContain(WAYWARD.trim());
  });

  it('answers where it is, what was updated and why it has restarted, and signs cookies', async () => {
    const story = await ViteStory.begin(FASTIFY, 'vite');
    const { folder, port } = story.app;
    const restarts = async (since: number): Promise<Restart[]> =>
      (await question<{ restarts: Restart[] }>(folder, `restarts ${since}`)).restarts;
    const next = async (number: number): Promise<Restart> => {
      await poll(async () => (await restarts(number - 1)).length > 0);
      const [first, ...others] = await restarts(number - 1);
      expect([first?.number, others]).toEqual([number, []]);
      return first as Restart;
    };
    await poll(() => findRunningApps(folder).length > 0);
    expect(await question<Status>(folder, 'status')).toEqual({
      isRunning: true,
      url: `http://localhost:${port}/`,
      host: 'vite',
    });
    expect(await restarts(0)).toEqual([]);

    await story.login('ada');
    const cookie = await askForCookie(folder, 'ada');
    const me = await get(`${story.app.url}/me`, { cookie: `${cookie?.header}` });
    expect(await me.json()).toMatchObject({ user: 'ada' });

    story.edit('src/version.js', "'1'", "'2'");
    await story.answers({ version: '2' });
    expect(await next(1)).toMatchObject({
      kind: 'update',
      paths: ['src/version.js'],
      reason: null,
      duration: null,
    });

    story.save('public.css', 'p { color: red }'); // of no server code
    story.edit('vite.config.js', "config = '1'", "config = '2'");
    await story.answers({ config: '2' });
    const restart = await next(2);
    expect(restart).toMatchObject({ kind: 'restart', paths: ['vite.config.js'], reason: null });
    expect(restart.duration).toBeGreaterThan(0);

    await story.restart();
    expect(await next(3)).toMatchObject({ kind: 'restart', paths: [], reason: 'restart of Vite' });
    expect(await question(folder, 'crash 3')).toEqual({ crash: null });

    const [address = ''] = addressesIn(story.running.output.split('\n'));
    const known = await visit(address);
    const page = await get(`${story.app.url}/__holdover/`, { cookie: known });
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('html'),
    ]);
    expect(await page.text()).toContain('holdover-token');
  });
});
