import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createApp, writeOver, type App } from '../support/app.ts';
import { CHROMIUM, openPage, takePicture } from '../support/chromium.ts';
import { poll } from '../support/poll.ts';
import { linkPackage } from '../support/packages.ts';
import { killGroup, start, type Running } from '../support/running.ts';

const PLAYGROUND = fileURLToPath(new URL('../../playground', import.meta.url));

/** The playground, in a folder where it can be edited. */
async function createPlayground(): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "planner", "type": "module" }');
  cpSync(PLAYGROUND, join(app.folder, 'playground'), { recursive: true });
  linkPackage(app, 'vite');
  return app;
}

async function begin(app: App): Promise<Running> {
  const tsx = join('node_modules', 'tsx', 'dist', 'cli.mjs');
  const running = start(process.execPath, [tsx, 'playground/vite/server.ts'], {
    cwd: app.folder,
    env: { PORT: String(app.port) },
  });
  await running.printed('Party planner inside Vite');
  return running;
}

function edit(app: App, path: string, before: string, after: string): void {
  const file = `playground/${path}`;
  const content = app.read(file);
  expect(content).toContain(before);
  writeOver(app, file, content.replace(before, after)); // Vite takes an empty one for what it exports
}

/** Lets each document note when Vite's client in it hears the server: what changes before that, it does not see. */
async function noteConnections(page: Page): Promise<void> {
  await page.addInitScript(`
    const debug = console.debug.bind(console);
    console.debug = (...words) => {
      if (words[0] === '[vite] connected.') window.isConnected = true;
      debug(...words);
    };`);
}

/** Waits for the document that is shown now, and not for one before it. */
function connected(page: Page): Promise<unknown> {
  return poll(() => page.evaluate('window.isConnected === true'));
}

/** Whether the page is the one that was marked, and was not loaded again. */
function isMarked(page: Page): Promise<boolean> {
  return page.evaluate('window.isMarked === true');
}

describe.skipIf(!CHROMIUM)('the playground inside Vite, in a browser', () => {
  it('reloads by itself on an edit and a restart, and stays logged in', async () => {
    const app = await createPlayground();
    const first = await begin(app);
    const page = await openPage();
    await noteConnections(page);
    await page.goto(`${app.url}/organizer/login`);
    await page.getByLabel('Name').pressSequentially('ada');
    await page.getByLabel('Password').pressSequentially('lovelace');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Welcome, ada' }).waitFor();
    const since = await page.getByText('logged in since').textContent();
    await page.locator('.countdown').first().waitFor();

    await connected(page);

    // Client code is replaced in the page.
    await page.evaluate('window.isMarked = true');
    edit(app, 'vite/countdown.ts', 'return relative', "return 'only ' + relative");
    await page
      .getByText(/^only (in|tomorrow|today)/)
      .first()
      .waitFor();
    expect(await isMarked(page)).toBe(true);

    // Server code makes the page load again.
    edit(app, 'views/dashboard.ts', 'Welcome, ', 'Welcome back, ');
    await page.getByRole('heading', { name: 'Welcome back, ada' }).waitFor();
    expect(await isMarked(page)).toBe(false);
    await connected(page);

    // The dev server is killed, and started again.
    await page.evaluate('window.isMarked = true');
    killGroup(first.pid);
    await first.exited;
    edit(app, 'views/dashboard.ts', 'Welcome back, ', 'Here you are, ');
    await begin(app);
    await page.getByRole('heading', { name: 'Here you are, ada' }).waitFor();
    expect(await isMarked(page)).toBe(false);
    expect(await page.getByText('logged in since').textContent()).toBe(since);
    await page.locator('.countdown').first().waitFor();
    await takePicture(page, 'vite-playground', true);
  });
});
