/**
 * Measures one size of state, and prints what it has found as JSON.
 *
 * node --expose-gc state-process.js <root> <MB> <seconds of requests>
 */
import { createServer, request, Agent } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { parse, stringify } from 'devalue';
import { resolveOptions } from '../../results/modules/options.js';
import { Recorder } from '../../results/modules/state/graph/record.js';
import { toText } from '../../results/modules/state/graph/text.js';
import { Keeper } from '../../results/modules/state/keeper.js';
import { startPasses } from '../../results/modules/state/snapshots/passes.js';
import { openRuns } from '../../results/modules/state/snapshots/runs.js';

const [, , root, size, seconds] = process.argv;
/** Of about 300 bytes of JSON each. */
const COUNT = Math.round(Number(size) * 3400);
/** How many of the users are there. */
const ACTIVE = 500;
const MB = 1024 * 1024;
let asked = 0;
const rows = {};
const heapAtFirst = heap();

const users = new Map();
for (let id = 1; id <= COUNT; id++) users.set(id, toUser(id));
const storage = resolveOptions(
  { type: 'filesystem', directory: join(root, `sessions-${size}`) },
  { entry: join(root, 'package.json') },
);
const options = { storage: { ...storage, log() {} }, app: 'bench.js', say: console.error };

const heapOfValue = heap() - heapAtFirst;
const runs = openRuns(options);
const keeper = openKeeper(runs.previous(), users);
keeper.atFirstRequest();
const recorder = new Recorder(keeper.classes);
let isStored = false;
/** The slices that others waited for, and how long all of them took, in milliseconds. */
let took = 0;
const passes = startPasses({ pass: () => timed(pass()), runs });

// The first snapshot of all of it, as the app goes on.
const first = await watch(() => waitUntil(() => isStored));
note('first snapshot', { ms: took, 'longest stall': first.stall });
passes.stop();
await runs.settled();
note('heap', {
  'MB of the value': heapOfValue / MB,
  'MB of keeping': (heap() - heapAtFirst - heapOfValue) / MB,
});

note('pass, nothing changed', timePass(5));
users.get(5).name = 'somebody else';
note('pass and commit, one entry changed', timePass(1));
for (const user of users.values()) user.logins++;
note('flush at the end, all changed', timePass(1));

// Compared with what others take for all of it.
time('v8.serialize', () => serialize(users));
time('devalue.stringify', () => stringify(users));

// What a restart does before the app's modules can have it.
globalThis[Symbol.for('holdover.directories.2')].clear();
const read = timeRead();
note('restart: read', { ms: read.read });
note('restart: put back', { ms: read.putBack });
const [bytes, text] = [serialize(users), stringify(users)];
time('v8.deserialize', () => deserialize(bytes));
time('devalue.parse', () => parse(text));

// Under load, with changes in each request; the client is in this process, too.
await measureRequests(1);
const without = await measureRequests(seconds);
const ofChanges = startPasses({ pass, runs });
const withPasses = await measureRequests(seconds);
ofChanges.stop();
note('requests', {
  'us of processor without': without.cpu,
  'us of processor with': withPasses.cpu,
  'longest stall': withPasses.stall,
  'longest stall without': without.stall,
});

const unchanged = rows['pass, nothing changed'].ms;
const result = {
  rows,
  stall: Math.max(first.stall, withPasses.stall),
  noise: without.stall,
  unchanged,
  ofACore: unchanged / Math.max(unchanged + 900, 50 * unchanged),
  read: read.read + read.putBack,
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());

function toUser(id) {
  return {
    id,
    name: `User number ${id}`,
    email: `user${id}@example.org`,
    created: new Date(1.7e12 + id * 1000),
    roles: ['member', id % 7 ? 'reader' : 'editor'],
    address: {
      street: `${id} Long Street`,
      city: 'Springfield',
      zip: String(10_000 + (id % 90_000)),
    },
    settings: { theme: id % 2 ? 'dark' : 'light', mail: { weekly: true, digest: id % 3 === 0 } },
    visited: [id, id * 2, id * 3],
    logins: 0,
  };
}

function heap() {
  gc();
  return process.memoryUsage().heapUsed;
}

function openKeeper(left, value) {
  const opened = new Keeper({
    root,
    keep: ['bench.js'],
    say: console.error,
    left,
    hasServer: () => true,
  });
  opened.module(join(root, 'bench.js'), { users: { get: () => value } });
  return opened;
}

/** As `state.ts` does it. */
function* pass() {
  const recorded = yield* recorder.pass(keeper.bindings());
  if (!recorded) return 0;
  const written = yield* toText(recorded, keeper.carried(), 60_000_000);
  runs.write(written.text);
  isStored = true;
  return written.text.length;
}

function* timed(work) {
  for (;;) {
    const began = performance.now();
    const { done, value } = work.next();
    took += performance.now() - began;
    if (done) return value;
    yield;
  }
}

/** How long this process has had a core, in milliseconds: wall time says what others do on this machine. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function timePass(times) {
  let [ms, longest] = [Infinity, 0];
  for (let count = 0; count < times; count++) {
    const began = cpu();
    const work = pass();
    while (!work.next().done);
    const passed = cpu() - began;
    [ms, longest] = [Math.min(ms, passed), Math.max(longest, passed)];
  }
  return { ms, ...(times > 1 && { longest }) };
}

function timeRead() {
  const made = new Map();
  const began = cpu();
  const left = openRuns(options).previous();
  const isRead = cpu();
  openKeeper(left, made);
  const ended = cpu();
  if (made.size !== COUNT) throw new Error('Not all of it is there.');
  return { read: isRead - began, putBack: ended - isRead };
}

function time(name, work) {
  const began = cpu();
  work();
  note(name, { ms: cpu() - began });
}

function note(name, figures) {
  rows[name] = Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [key, Math.round(value * 10) / 10]),
  );
}

/** How long a timer that is due every millisecond was late at most while something goes on. */
async function watch(work) {
  let stall = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    stall = Math.max(stall, now - last - 1);
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  return { stall };
}

async function waitUntil(condition) {
  while (!condition()) await delay(5);
}

async function measureRequests(lasting) {
  const server = createServer((_, response) => {
    users.get(1 + (asked++ % ACTIVE)).logins++;
    response.end('done');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = () =>
    new Promise((resolve, reject) => {
      request({ port, agent }, (response) => response.resume().once('end', resolve))
        .once('error', reject)
        .end();
    });
  const before = process.cpuUsage();
  const end = performance.now() + Number(lasting) * 1000;
  let count = 0;
  const { stall } = await watch(async () => {
    while (performance.now() < end) {
      await Promise.all(Array.from({ length: 8 }, ask));
      count += 8;
    }
  });
  const { user, system } = process.cpuUsage(before);
  agent.destroy();
  server.close();
  return { cpu: (user + system) / count, stall };
}
