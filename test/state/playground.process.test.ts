import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CLI } from '../support/tools.ts';
import { createApp, writeOver, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { killGroup, start, type Running } from '../support/running.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');

/** A copy of it, with the line of our package.json that keeps the parties. */
async function copyPlayground(): Promise<App> {
  const app = await createApp();
  cpSync(join(ROOT, 'playground'), join(app.folder, 'playground'), { recursive: true });
  linkPackage(app, 'vite');
  const holdover = { keep: ['playground/parties/party-store.ts'] };
  app.write('package.json', JSON.stringify({ name: 'planner', type: 'module', holdover }));
  return app;
}

async function begin(app: App, words: string[]): Promise<Running> {
  const env = { PORT: String(app.port) };
  const running = start(process.execPath, words, { cwd: app.folder, env });
  // Where the login is, and as whom.
  await running.printed(`at ${app.url}/organizer/`);
  await running.printed('Log in as ada, with the password lovelace.');
  return running;
}

/** Sends a form, with the token of the page that it stands in. */
async function send(browser: Browser, page: string, fields: object): Promise<void> {
  const form = (await browser.text(page)) ?? '';
  const csrfToken = /name="csrfToken"\s+value="([^"]+)"/.exec(form)?.[1] ?? '';
  const body = new URLSearchParams({ csrfToken, ...fields });
  const path = page.replace(/\/new$/, '');
  const { status } = await browser.request(path, { method: 'POST', body });
  expect(status).toBe(303);
}

/** Whether it is stored: a kill then loses nothing. */
async function keeps({ folder }: App, text: string): Promise<boolean> {
  const key = 'playground/parties/party-store.ts#parties';
  const shown = run(process.execPath, [CLI, 'show', key], { cwd: folder });
  return shown.then(
    ({ stdout }) => stdout.includes(text),
    () => false,
  );
}

const TSX = join('node_modules', 'tsx', 'dist', 'cli.mjs');

describe('the party planner', () => {
  it.each([
    ['under holdover watch', [CLI, 'watch', 'playground/server.ts']],
    ['inside Vite', [TSX, 'playground/vite/server.ts']],
  ])('keeps its parties over a save and kill -9 %s', async (_, words) => {
    const app = await copyPlayground();
    const browser = new Browser(app.url);
    const first = await begin(app, words);
    await send(browser, '/organizer/login', { name: 'ada', password: 'lovelace' });
    const party = { title: 'Skating', date: '2027-01-09T15:00', place: 'The pond', isPublic: 'on' };
    await send(browser, '/organizer/parties/new', party);
    const shows = async (...texts: string[]): Promise<boolean> => {
      const page = await browser.text('/organizer/');
      return texts.every((text) => page?.includes(text));
    };
    const edit = (before: string, after: string): void => {
      const path = 'playground/views/dashboard.ts';
      writeOver(app, path, app.read(path).replace(before, after));
    };
    expect(await shows('Welcome, ', 'Skating', 'Lantern walk')).toBe(true);

    edit('Welcome, ', 'Welcome back, ');
    await poll(() => shows('Welcome back, ', 'Skating', 'Lantern walk'));

    await send(browser, '/organizer/parties/new', { ...party, title: 'Sledging' });
    await poll(() => keeps(app, 'Sledging'), { every: 200 });
    killGroup(first.pid);
    await first.exited;
    await begin(app, words);
    const page = (await browser.text('/organizer/')) ?? '';
    for (const title of ['Skating', 'Sledging', 'Lantern walk'])
      expect(page.split(`>${title}`)).toHaveLength(2); // once
  });
});
