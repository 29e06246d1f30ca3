import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { childrenOf } from '../../support/children.ts';
import { poll } from '../../support/poll.ts';
import { Terminal } from './terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const COMMAND = 'npx holdover watch playground/server.ts';

/** What is edited, behind which words, and what is inserted there. */
export const FILE = 'playground/views/dashboard.ts';
export const EDIT_AFTER = 'Welcome';
export const INSERTED = ' back';

/** The width of the terminal, in signs. */
export const COLUMNS = 51;
/** The page is a little smaller in the picture. */
export const PAGE_SCALE = 0.75;
const VIEWPORT = { width: 560, height: 552 };

/** Pixels of the picture for each of CSS: text is sharp on any screen. */
export const SCALE = 1.5;

export const SCHEMES = ['light', 'dark'] as const;
export type Scheme = (typeof SCHEMES)[number];
/** The same page in each scheme, as PNG. */
export type Shot = Record<Scheme, Buffer>;

/** Where words of a page end, in pixels of the picture. */
export interface Spot {
  left: number;
  /** The middle of the line. */
  top: number;
}

/** What has really happened. */
export interface Run {
  /** The source that was edited, before it was. */
  source: string;
  /** What the address bar shows. */
  address: { login: string; dashboard: string };
  login: Shot;
  before: Shot;
  after: Shot;
  /** Of the page after the reload. */
  spots: Record<'heading' | 'login' | 'process', Spot>;
  /** What the terminal showed before the save. */
  started: string;
  /** What it has printed after the save, and how many milliseconds after. */
  restarted: { after: number; text: string }[];
}

/** Runs the playground in a folder of its own under `holdover watch`, logs in, saves a file, and reloads. */
export async function run(browser: Browser): Promise<Run> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-picture-'));
  createProject(folder);
  const terminal = await Terminal.open(folder, await toEnvironment(folder), COLUMNS);
  try {
    terminal.type(`${COMMAND}\n`);
    await terminal.shows(/Party planner at \S+\s/);
    const url = / at (http\S+)/.exec(terminal.text)?.[1] as string;
    const page = await browser.newPage({
      viewport: VIEWPORT,
      deviceScaleFactor: SCALE * PAGE_SCALE,
    });
    const { login, ...begun } = await logIn(page, url);
    await untilAtRest(terminal.pid);
    const started = terminal.text;
    const { source, restarted } = await save(folder, terminal);
    await page.reload();
    await page.getByRole('heading', { name: EDIT_AFTER + INSERTED }).waitFor();
    const after = await shoot(page);
    const spots = {
      heading: await findEnd(page, 'h1'),
      login: await findEnd(page, 'dt:has-text("Your login")'),
      process: await findEnd(page, 'dt:has-text("This page")'),
    };
    if (terminal.text.includes(folder)) throw new Error(`A path is shown:\n${terminal.text}`);
    return { source, login, ...begun, started, restarted, after, spots };
  } finally {
    await terminal.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** The playground and its packages, as npm would have installed them. */
function createProject(folder: string): void {
  cpSync(join(ROOT, 'playground'), join(folder, 'playground'), { recursive: true });
  const { holdover } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const description = { name: 'party-planner', type: 'module', holdover };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(description));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  symlinkSync(ROOT, join(modules, 'holdover'));
  const bin = join(modules, '.bin', 'holdover');
  writeFileSync(bin, '#!/bin/sh\nexec node node_modules/holdover/dist/cli.js "$@"\n', {
    mode: 0o755,
  });
}

async function toEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NO_COLOR|FORCE_COLOR|CI$|NODE_ENV|PORT$)|^(SESSION|HOLDOVER)_/.test(name),
  );
  const isFree = await isPortFree(3000);
  return {
    ...Object.fromEntries(own),
    XDG_STATE_HOME: join(folder, '.state'),
    npm_config_update_notifier: 'false',
    npm_config_progress: 'false', // it would draw over its line
    ...(!isFree && { PORT: '3456' }),
  };
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

async function logIn(page: Page, url: string): Promise<Pick<Run, 'login' | 'before' | 'address'>> {
  const show = (): string => page.url().replace('http://', '');
  await page.goto(`${url}/organizer/login`);
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('lovelace');
  const [login, loginAddress] = [await shoot(page), show()];
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: EDIT_AFTER }).waitFor();
  return { login, before: await shoot(page), address: { login: loginAddress, dashboard: show() } };
}

async function shoot(page: Page): Promise<Shot> {
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await page.screenshot();
  await page.emulateMedia({ colorScheme: 'dark' });
  return { light, dark: await page.screenshot() };
}

/** Where the text of an element ends. */
async function findEnd(page: Page, selector: string): Promise<Spot> {
  const { right, top, height } = await page.locator(selector).evaluate((element) => {
    const range = element.ownerDocument.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect().toJSON();
  });
  return { left: right * PAGE_SCALE, top: (top + height / 2) * PAGE_SCALE };
}

async function save(
  folder: string,
  terminal: Terminal,
): Promise<Pick<Run, 'source' | 'restarted'>> {
  const path = join(folder, FILE);
  const source = readFileSync(path, 'utf8');
  const { length } = terminal.text;
  const known = terminal.printed.length;
  const at = performance.now();
  writeFileSync(path, source.replace(EDIT_AFTER, EDIT_AFTER + INSERTED));
  await terminal.shows(/held over.* ms/s, length);
  const restarted = terminal.printed
    .slice(known)
    .map(({ at: when, text }) => ({ after: when - at, text }));
  return { source, restarted };
}

/** Waits until a process and those below it use no processor: a standby is ready. */
async function untilAtRest(pid: number): Promise<void> {
  let last = -1;
  let since = 0;
  await poll(
    () => {
      const used = timeOf(pid);
      if (used !== last) since = performance.now();
      last = used;
      return performance.now() - since > 1500;
    },
    { every: 250 },
  );
}

/** The processor time of a process and those below it, in ticks of the system. */
function timeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = Number(fields[11]) + Number(fields[12]);
  return childrenOf(pid).reduce((sum, child) => sum + timeOf(child), own);
}
