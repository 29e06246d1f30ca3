/**
 * `npm run bench:endurance`: 200 restarts in a row of holdover, at 100 requests a second. Nothing may
 * be refused, reset or logged out, and the supervisor may not grow. Linux only.
 *
 * node test/checks/bench/endurance.js [--restarts 200] [--type module|commonjs] [--node <path>]
 *
 * Exits with 1 when a request was refused, reset or not answered, when a login was lost, and when open
 * files or processes have grown. Memory is printed, and judged by eye: when V8 collects is its own affair.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine } from './options.js';
import { median } from './report.js';
import { readEnduranceFlags } from './restart/flags.js';
import { printGoals, toLossGoals } from './restart/goals.js';
import { openHosts } from './restart/hosts.js';
import { measureRestart } from './restart/one-restart.js';
import { readUsage } from './restart/processes.js';
import { percentile } from './restart/report.js';
import { findRestarters } from './restart/restarters.js';
import { Result } from './restart/result.js';
import { Traffic } from './restart/traffic.js';

/** After so many restarts everything that is made once was made. */
const WARM = 10;

/**
 * The longest pause between an answer and the next save, in milliseconds. The pauses vary below it, so
 * that saves fall into whatever a supervisor does after a restart.
 */
const LONGEST_PAUSE = 1000;
const PAUSE_STEP = 137;

/** How long the supervisor is left alone before it is looked at, and for how long, in milliseconds. */
const REST = 3000;
const LOOK = 2000;

const MEGABYTE = 1024 * 1024;

if (process.platform !== 'linux') throw new Error('What processes take up is read from /proc.');

/** Requests a second. */
const RATE = 100;

const { restarts, type, node } = readEnduranceFlags();
const checkpoints = new Set([Math.min(WARM, restarts), Math.ceil(restarts / 2), restarts]);
const { hosts, close } = await openHosts(findRestarters(['holdover']), { size: 44, type, node });
const [host] = hosts;
process.once('SIGINT', () => void close().then(() => process.exit(130)));
process.once('SIGTERM', () => void close().then(() => process.exit(143)));
try {
  console.log(
    `${describeMachine(node)}; ${restarts} restarts, "type": "${type}"; ` +
      `${RATE} requests a second, but for ${(REST + LOOK) / 1000} s before each of the rows below`,
  );
  await host.start();
  const result = new Result(host.restarter);
  const rows = await endure(result);
  console.table(Object.fromEntries(rows.map(({ restart, row }) => [`after ${restart}`, row])));
  if (result.traffic.reasons.size > 0) console.log(`traffic: ${result.traffic.describe()}`);
  if (result.polls.reasons.size > 0) console.log(`polls: ${result.polls.describe()}`);
  const { longestWait } = result.traffic;
  console.log(
    `${result.times.length} of ${restarts} restarts seen, ${result.missed} saves missed, ` +
      `longest wait of a request ${Math.round(longestWait)} ms`,
  );
  printGoals([...toLossGoals(result), ...toGrowthGoals(rows)]);
} finally {
  await close();
}

/** @returns what the supervisor takes up at each of the checkpoints */
async function endure(result) {
  const rows = [];
  const start = performance.now();
  let traffic = startTraffic(result);
  try {
    for (let restart = 1; restart <= restarts; restart++) {
      const measured = await measureRestart(host, result.polls);
      if (!measured) throw new Error(`No restart. ${host.describe()}`);
      result.addRestart(measured);
      await result.addLogin(host);
      if (process.stderr.isTTY) process.stderr.write(`\rrestart ${restart} of ${restarts} `);
      if (checkpoints.has(restart)) {
        await traffic.stop();
        const usage = await lookAtRest();
        const times = result.times.slice(rows.at(-1)?.restart);
        const minutes = (performance.now() - start) / 60_000;
        rows.push({ restart, usage, row: toRow(usage, times, minutes) });
        traffic = startTraffic(result);
      }
      await sleep((restart * PAUSE_STEP) % LONGEST_PAUSE);
    }
  } finally {
    await traffic.stop();
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  return rows;
}

function startTraffic(result) {
  const traffic = new Traffic(host, result.traffic, RATE);
  traffic.start();
  return traffic;
}

/** The least of some looks: what is there for a moment only has not grown. */
async function lookAtRest() {
  await sleep(REST);
  const least = readUsage(host.pid);
  const end = performance.now() + LOOK;
  while (performance.now() < end) {
    await sleep(100);
    const usage = readUsage(host.pid);
    for (const key of ['files', 'processes']) least[key] = Math.min(least[key], usage[key]);
  }
  return { ...readUsage(host.pid), files: least.files, processes: least.processes };
}

function toRow({ files, processes, resident, anonymous, time }, times, minutes) {
  return {
    'open files': files,
    processes,
    'resident MB': (resident / MEGABYTE).toFixed(1),
    'own memory MB': (anonymous / MEGABYTE).toFixed(1),
    'processor s': time.toFixed(1),
    'minutes since start': minutes.toFixed(1),
    'median ms': Math.round(median(times)), // of the restarts since the row before
    p95: Math.round(percentile(times, 0.95)),
  };
}

function toGrowthGoals(rows) {
  const [{ usage: first, restart: from }] = rows;
  const { usage: last, restart: to } = rows.at(-1);
  const goals = ['files', 'processes'].map((key) => ({
    text: `${key}: ${first[key]} after ${from} restarts, ${last[key]} after ${to}`,
    isMet: last[key] <= first[key],
    isDecisive: true,
  }));
  const growth = ((last.anonymous - first.anonymous) / MEGABYTE).toFixed(1);
  console.log(
    `the supervisor's own memory: ${growth} MB more after ${to} restarts than after ${from}`,
  );
  return goals;
}
