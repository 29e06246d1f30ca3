import { setTimeout as sleep } from 'node:timers/promises';
import { startHosts } from './hosts.js';
import { pollVersion } from './polling.js';
import { inTurns } from './result.js';
import { Traffic } from './traffic.js';

const SAVES = 10;
/** Milliseconds from one save to the next. */
const GAP = 700;

/** How long the traffic runs before the first save, and how long a restarter rests after the last. */
const BEFORE = 1000;
const AFTER = 2500;

/** How long after the last save its code may come, in milliseconds; then it is saved once more. */
const PATIENCE = 20_000;

/** Ten saves in a row. The times are from each save to the first answer of its code or newer code. */
export async function measureBursts(hosts, { rounds, rate }) {
  const started = await startHosts(hosts);
  await sleep(AFTER); // the last one has just started
  return inTurns(rounds, started, (host, result) => takeTurn(host, result, rate));
}

async function takeTurn(host, result, rate) {
  const { stuck } = result;
  const traffic = new Traffic(host, result.traffic, rate);
  traffic.start();
  let times;
  try {
    await sleep(BEFORE);
    times = await measureBurst(host, result);
    await sleep(AFTER);
  } finally {
    await traffic.stop();
  }
  result.times.push(...times);
  result.worst.push(Math.max(...times));
  if (result.stuck === stuck) await result.addRest(host);
  else await host.restart();
}

async function measureBurst(host, result) {
  const waiting = new Map();
  const times = [];
  let isOver = false;
  const polled = pollVersion(
    host,
    result.polls,
    () => !isOver,
    (version) => {
      for (const [number, savedAt] of waiting) {
        if (!(version >= number)) continue;
        times.push(performance.now() - savedAt);
        waiting.delete(number);
      }
    },
  );
  const save = () => {
    const savedAt = performance.now();
    waiting.set(host.app.save(), savedAt);
  };
  const start = performance.now();
  for (let count = 1; count <= SAVES; count++) {
    save();
    await sleep(start + count * GAP - performance.now());
  }
  await waitForAll(waiting);
  if (waiting.size > 0) {
    result.missed++;
    save();
    await waitForAll(waiting);
  }
  // What has broken down has taken so long at least.
  for (const savedAt of waiting.values()) times.push(performance.now() - savedAt);
  if (waiting.size > 0) result.stuck++;
  isOver = true;
  await polled;
  return times;
}

async function waitForAll(waiting) {
  const deadline = performance.now() + PATIENCE;
  while (waiting.size > 0 && performance.now() < deadline) await sleep(10);
}
