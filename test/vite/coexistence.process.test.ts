import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import holdover from '../../src/vite.ts';
import { Browser } from '../support/browser.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { findFreePort, type App } from '../support/app.ts';
import { createListener, createProject, portOf, serve, VITES } from './servers.ts';

const APP = `import express from 'express';
import session from 'express-session';
export const app = express();
app.use(session({ secret: 'the same in all of them', resave: false, saveUninitialized: false }));
app.post('/login', (req, res) => {
  req.session.user = req.query.user;
  res.json({});
});
app.get('/me', (req, res) => res.json({ user: req.session.user }));
`;

/** Answers with the app that stands in the root of the server. */
function serveApp(): Plugin {
  return {
    name: 'app',
    configureServer: (server) => () => {
      server.middlewares.use((request: IncomingMessage, response: ServerResponse) => {
        void server
          .ssrLoadModule('/app.js')
          .then(({ app }) => (app as (...parts: unknown[]) => void)(request, response));
      });
    },
  };
}

function createApps(files: Record<string, string>): string {
  const root = createProject(files);
  for (const name of ['express', 'express-session']) linkPackage({ folder: root } as App, name);
  return root;
}

const APP_OF_ITS_OWN = { appType: 'custom' as const };

describe.each(VITES)('with $name', ({ vite }) => {
  const begin = (root: string, directory?: string, plugins: Plugin[] = []) =>
    serve(
      vite,
      root,
      { ...APP_OF_ITS_OWN, plugins: [serveApp(), ...plugins] },
      directory ? { directory } : {},
    );
  const open = async (root: string, directory?: string, plugins: Plugin[] = []) => {
    const server = await begin(root, directory, plugins);
    return { server, browser: new Browser(`http://localhost:${portOf(server)}`) };
  };

  it('two servers on one directory keep their logins, and share those of the same app', async () => {
    const root = createApps({ 'app.js': APP });
    const [first, second] = [await open(root), await open(root)];
    await first.browser.request('/login?user=ada', { method: 'POST' });
    await second.browser.request('/login?user=bob', { method: 'POST' });
    await first.server.restart();
    expect(await first.browser.json('/me')).toEqual({ user: 'ada' });
    expect(await second.browser.json('/me')).toEqual({ user: 'bob' });
    await second.server.restart();
    expect(await first.browser.json('/me')).toEqual({ user: 'ada' });
    expect(await second.browser.json('/me')).toEqual({ user: 'bob' });
  });

  it('two roots of one project are strangers to each other', async () => {
    const root = createApps({ 'admin/app.js': APP, 'shop/app.js': APP });
    const admin = await open(join(root, 'admin'));
    const shop = await open(join(root, 'shop'));
    await admin.browser.request('/login?user=ada', { method: 'POST' });
    const cookie = `connect.sid=${admin.browser.cookie('connect.sid')}`;
    expect(await admin.browser.json('/me')).toEqual({ user: 'ada' });
    expect(await shop.browser.json('/me', { headers: { cookie } })).toEqual({});
    await admin.server.restart();
    await shop.server.restart();
    expect(await admin.browser.json('/me')).toEqual({ user: 'ada' });
    expect(await shop.browser.json('/me', { headers: { cookie } })).toEqual({});
  });

  it('two servers in one process have each the directory that it was given', async () => {
    const root = createApps({ 'a/app.js': APP, 'b/app.js': APP });
    const a = await open(join(root, 'a'), 'sessions-a');
    const b = await open(join(root, 'b'), 'sessions-b');
    await a.browser.request('/login?user=ada', { method: 'POST' });
    expect(existsSync(join(root, 'sessions-b'))).toBe(false);
    await b.browser.request('/login?user=bob', { method: 'POST' });
    expect(await a.browser.json('/me')).toEqual({ user: 'ada' });
    expect(await b.browser.json('/me')).toEqual({ user: 'bob' });
    expect(existsSync(join(root, 'sessions-b'))).toBe(true);
  });

  it('a plugin that is named twice does everything once', async () => {
    const root = createApps({ 'app.js': APP });
    const { lines, logger } = createListener(vite);
    const server = await vite.createServer({
      ...APP_OF_ITS_OWN,
      configFile: false,
      root,
      customLogger: logger,
      plugins: [holdover(), serveApp(), holdover()],
      server: { port: await findFreePort() },
    });
    onTestFinished(() => server.close());
    await server.listen();
    server.printUrls();
    const browser = new Browser(`http://localhost:${portOf(server)}`);
    await browser.request('/login?user=ada', { method: 'POST' });
    await server.restart();
    expect(await browser.json('/me')).toEqual({ user: 'ada' });
    await poll(() => lines.some((line) => line.includes('login held over')));
    expect(lines.filter((line) => line.includes('Sessions:'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('login held over'))).toHaveLength(1);
  });

  it('a request that began before a restart undoes nothing that came after it', async () => {
    const slow = `${APP}const held = globalThis.held ??= [];
app.get('/slow', (req, res) => {
  req.session.slow = true;
  held.push(() => res.json({}));
});
app.post('/logout', (req, res) => req.session.destroy(() => res.json({})));
`;
    const root = createApps({ 'app.js': slow });
    const { server, browser } = await open(root);
    await browser.request('/login?user=ada', { method: 'POST' });
    const thief = browser.clone();
    const answer = browser.request('/slow').catch(() => undefined);
    const { held } = globalThis as unknown as { held: (() => void)[] };
    await expect.poll(() => held.length).toBe(1);
    await server.restart();
    await browser.clone().request('/logout', { method: 'POST' });
    held.pop()?.();
    await answer;
    expect(await thief.json('/me')).toEqual({});
  });
});
