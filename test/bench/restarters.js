import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toEnvironment } from './environment.js';
import { copyRealisticApp } from './realistic-app.js';
import { logIn, send } from './requests.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const { resolve } = createRequire(import.meta.url);

const ENTRY = 'src/server.ts';

/** How long a server may take to start, and a restarter to end, in milliseconds. */
const START_TIMEOUT = 30_000;
const END_TIMEOUT = 5000;

/** How much of what is printed is kept, to be shown when something fails. */
const KEPT_OUTPUT = 4000;

/** The restarters as people start them: words after `node`. */
export const RESTARTERS = [
  { name: 'holdover', command: () => [CLI, 'watch', ENTRY] },
  { name: 'tsx watch', command: () => [resolve('tsx/cli'), 'watch', ENTRY] },
  { name: 'node --watch', command: () => ['--watch', '--import', 'tsx', ENTRY] },
  {
    name: 'nodemon',
    command: (node) => [
      resolve('nodemon/bin/nodemon.js'),
      '--watch',
      'src',
      '--ext',
      'ts',
      '--exec',
      `"${node}" --import tsx ${ENTRY}`,
    ],
  },
];

/**
 * Starts the app under each of the restarters, side by side, each in a copy of its own, and logs in to
 * each. `close` leaves nothing behind.
 */
export async function openRestarters(restarters, options) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdover-bench-')));
  const children = [];
  const close = async () => {
    await Promise.all(children.map(end));
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  try {
    const hosts = [];
    for (const restarter of restarters) {
      hosts.push(await openRestarter(root, restarter, options, children));
    }
    return { hosts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openRestarter(root, { name, command }, { type, node }, children) {
  const app = await copyRealisticApp(join(root, name.replaceAll(/\W+/g, '-')), type);
  const child = spawn(node, command(node), {
    cwd: app.folder,
    env: { ...toEnvironment(root), PORT: String(app.port), NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: 'pipe', // its input stays open: some restarters end with it
    detached: true, // a group of its own, so that all of it can be ended
  });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-KEPT_OUTPUT)));
  }
  const describe = () => `${name} has printed:\n${said}`;
  const deadline = performance.now() + START_TIMEOUT;
  while ((await send(app.url, { path: '/version' })).status !== 200) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver || performance.now() > deadline) throw new Error(`No start. ${describe()}`);
    await sleep(50);
  }
  return { name, app, url: app.url, pid: child.pid, cookie: await logIn(app.url), describe };
}

/** Ends one of the restarters that were started here, and whatever is left of what it has started. */
async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(END_TIMEOUT, undefined, { ref: false })]);
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // all of it has ended
  }
}
