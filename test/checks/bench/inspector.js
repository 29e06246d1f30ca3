/**
 * `npm run bench:inspector`: the inspector with 100,000 sessions in a directory, in a real browser. Each run
 * starts `holdover ui` anew, opens its page, and types into the filter:
 *
 * - from the start of the navigation to the first rows on the screen, while the sessions are being read
 * - until all of them are read
 * - from the last key press to the rows that match, with the pause that waits for another key
 * - the memory of the server, and the JavaScript heap of the page
 *
 * The slowest run counts. Exits with 1 when a goal is missed.
 *
 * tsx test/checks/bench/inspector.js [--sessions 100000] [--runs 3]
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { toEnvironment } from './environment.js';
import { notePaints, readHeap, typeFilter, untilComplete, untilRows } from './inspector/page.js';
import { describeMachine, readNumbers } from './options.js';
import { median } from './report.js';
import { readSizes } from './restart/processes.js';
import { end } from './servers.js';
import { buildModules } from '../../support/modules.ts';

/** Milliseconds. */
const FIRST_ROWS = 1000;
const FILTER = 200;

/** What is typed: what nearly all have, what a tenth has, one user, the begin of an id, and nobody. */
const FILTERS = ['user', 'ada', 'user77777@example.org', '000abc', 'nobody at all'];

const { sessions, runs } = readNumbers({ sessions: 100_000, runs: 3 });

const CLI = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.js');
const MEGABYTE = 1024 * 1024;

const root = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-bench-'));
writeFileSync(join(root, 'package.json'), '{ "name": "bench", "type": "module" }');
const environment = toEnvironment(root);
Object.assign(process.env, environment);
process.chdir(root);
buildModules();
const { fillDirectory } = await import('./fill.js');
const { resolveOptions } = await import('../../../src/options.ts');

let browser;
try {
  console.log(`${describeMachine(process.execPath)}; ${sessions} sessions`);
  console.log('filling the directory …');
  const options = resolveOptions({ type: 'filesystem' }, { entry: join(root, 'package.json') });
  const live = fillDirectory(options, sessions);
  spawnSync('sync');
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const results = [];
  for (let run = 0; run < runs; run++) results.push(await measure(live));
  console.table(results);
  if (!report(results)) process.exitCode = 1;
} finally {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
}

/** One run: a server of its own, and a page that has never been there. */
async function measure(live) {
  const server = spawn(process.execPath, [CLI, 'ui', '--json'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const ended = once(server, 'exit').then(() => []);
    const [line] = await Promise.race([once(server.stdout.setEncoding('utf8'), 'data'), ended]);
    if (!line) throw new Error('The server of the inspector has ended.');
    const page = await context.newPage();
    await page.addInitScript(notePaints);
    await page.goto(JSON.parse(line).address, { waitUntil: 'commit' });
    const first = await untilRows(page);
    const all = await untilComplete(page, live);
    const times = [];
    for (const text of FILTERS) times.push(await typeFilter(page, text));
    const { resident, most } = toMemory(server.pid);
    return {
      'first rows, ms': Math.round(first),
      'all are read, ms': Math.round(all),
      'filter, ms (median)': Math.round(median(times)),
      'filter, ms (slowest)': Math.round(Math.max(...times)),
      'server, MB': resident,
      'server at most, MB': most,
      'heap of the page, MB': Number(((await readHeap(page)) / MEGABYTE).toFixed(1)),
    };
  } finally {
    await context.close();
    await end(server);
  }
}

/** Megabytes of a process: now, and at most so far. */
function toMemory(pid) {
  const { VmRSS, VmHWM } = readSizes(`/proc/${pid}/status`);
  return { resident: Math.round(VmRSS / MEGABYTE), most: Math.round(VmHWM / MEGABYTE) };
}

/** @returns whether all goals are reached */
function report(results) {
  const goals = [
    { name: 'first rows, ms', text: 'first rows', most: FIRST_ROWS },
    { name: 'filter, ms (slowest)', text: 'filter', most: FILTER },
  ].map(({ name, text, most }) => ({
    text,
    most,
    is: Math.max(...results.map((one) => one[name])),
  }));
  for (const { text, most, is } of goals) {
    console.log(`${is <= most ? '✓' : '✗'} ${text}: ${is} ms, at most ${most} wanted`);
  }
  return goals.every(({ most, is }) => is <= most);
}
