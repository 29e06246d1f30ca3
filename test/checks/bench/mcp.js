/**
 * `npm run bench:mcp`: what holding MCP sessions over costs.
 *
 * 1. Requests of apps that speak no MCP: nanoseconds for each, with and without, in processes that take
 *    turns. The goal is 150.
 * 2. The first call after a save, in milliseconds: of a client whose session is made anew, and of one of a
 *    server without sessions, which take turns. The goal is 150 more in the median.
 *
 * Exits with 1 when a goal is missed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, toEnvironment } from './environment.js';
import { describeMachine, readNumbers } from './options.js';
import { buildModules } from '../../support/modules.ts';

/** Nanoseconds, and milliseconds. */
const MOST_FOR_OTHERS = 150;
const MOST_FOR_FIRST = 150;

const TURNS = 3;
const START_TIMEOUT = 20_000;

buildModules();
const { saves } = readNumbers({ saves: 15 });

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CLI = join(ROOT, 'dist', 'cli.js');
const APPS = join(ROOT, 'test', 'fixtures', 'apps', 'mcp');
const HEADERS = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};

const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdover-bench-')));
const servers = [];
process.once('SIGINT', () => process.exit(130));
process.once('exit', () => {
  for (const { child } of servers) kill(child);
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
});
console.log(describeMachine(process.execPath));
const isCheap = measureOthers();
const isQuick = await measureFirst();
process.exit(isCheap && isQuick ? 0 : 1);

function measureOthers() {
  const all = { without: [], with: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    all.without.push(runCost());
    all.with.push(runCost('hold'));
  }
  const rows = {};
  for (const name of Object.keys(all.with[0])) {
    const [before, after] = [all.without, all.with].map((runs) =>
      Math.min(...runs.map((run) => run[name])),
    );
    const cost = after - before;
    rows[name] = {
      'ns without': round(before),
      'ns with': round(after),
      'ns for each request': round(cost),
      goal: cost <= MOST_FOR_OTHERS ? '✓' : '✗',
    };
  }
  console.log('\nRequests that are none of MCP');
  console.table(rows);
  return Object.values(rows).every(({ goal }) => goal === '✓');
}

function runCost(...words) {
  const path = join(import.meta.dirname, 'mcp-cost.js');
  const { stdout, stderr } = spawnSync(process.execPath, [path, ...words], { encoding: 'utf8' });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function measureFirst() {
  for (const name of ['express-404', 'stateless']) servers.push(await open(name));
  const seen = new Map(servers.map(({ name }) => [name, { calls: [], saves: [] }]));
  for (let turn = 1; turn <= saves; turn++) {
    for (const server of servers) {
      const { calls, saves: all } = seen.get(server.name);
      if (turn % 2 === 0) calls.push(await callAfter(server));
      else all.push(await callAtOnce(server));
    }
  }
  const rows = {};
  for (const [name, { calls, saves: all }] of seen) {
    rows[name] = {
      'first call once it listens, ms': describe(calls),
      'save to the answer of the new code, ms': describe(all),
    };
  }
  const [session, none] = servers.map(({ name }) => seen.get(name));
  const more = (of) => median(session[of]) - median(none[of]);
  const isSoon = more('calls') < MOST_FOR_FIRST && more('saves') < MOST_FOR_FIRST;
  console.log('\nThe first call after a save: median (least to most)');
  console.table(rows);
  console.log(
    `With a session ${round(more('calls'))} ms more once it listens, ${round(more('saves'))} ms more from the save on ${isSoon ? '✓' : '✗'}`,
  );
  return isSoon;
}

/** A server under `holdover watch`, and a client of it. */
async function open(name) {
  const folder = join(root, name);
  cpSync(APPS, folder, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const port = await findFreePort();
  const child = spawn(process.execPath, [CLI, 'watch', `${name}.js`], {
    cwd: folder,
    env: { ...toEnvironment(root), PORT: String(port) },
    detached: true,
  });
  const server = { name, folder, child, port, version: 1, output: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (server.output += text));
  }
  await printed(server, /listening/, 0);
  const { headers } = await post(server, 'initialize', {
    protocolVersion: '2025-06-18',
    clientInfo: { name: 'bench', version: '1.0.0' },
    capabilities: {},
  });
  const id = headers.get('mcp-session-id');
  server.headers = id ? { 'mcp-session-id': id } : {};
  await post(server, 'notifications/initialized', undefined, undefined);
  return server;
}

async function callAfter(server) {
  const { length } = server.output;
  save(server);
  await printed(server, /^listening$/m, length);
  await printed(server, /\] change\.js/, length);
  await sleep(300); // the next process is prepared meanwhile
  const began = performance.now();
  const version = await callVersion(server);
  const took = performance.now() - began;
  if (version !== server.version) throw new Error(`Version ${version} has answered.`);
  await sleep(1500);
  return took;
}

async function callAtOnce(server) {
  const began = performance.now();
  save(server);
  while ((await callVersion(server)) !== server.version) await sleep(5);
  const took = performance.now() - began;
  await sleep(1500);
  return took;
}

function save(server) {
  server.version += 1;
  const text = `export const version = '${server.version}';\nexport const added = [];\n`;
  writeFileSync(join(server.folder, 'change.js'), text);
}

async function callVersion(server) {
  const answer = await post(server, 'tools/call', { name: 'version', arguments: {} });
  const [, version] = /\\"version\\":\\"(\d+)/.exec(answer.text) ?? [];
  if (!version) throw new Error(`${server.name} has answered ${answer.status}: ${answer.text}`);
  return Number(version);
}

async function post(server, method, params, id = 1) {
  const response = await fetch(`http://127.0.0.1:${server.port}/mcp`, {
    method: 'POST',
    headers: { ...HEADERS, 'mcp-protocol-version': '2025-06-18', ...server.headers },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function printed(server, text, since) {
  const deadline = performance.now() + START_TIMEOUT;
  while (!text.test(server.output.slice(since))) {
    if (performance.now() > deadline)
      throw new Error(`${server.name} has printed ${server.output}`);
    await sleep(2);
  }
}

function kill({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function describe(numbers) {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return `${round(median(numbers))} (${round(least)} to ${round(most)})`;
}

function round(number) {
  return Math.round(number);
}
