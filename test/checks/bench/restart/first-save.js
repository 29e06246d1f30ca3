import { setTimeout as sleep } from 'node:timers/promises';
import { startHosts } from './hosts.js';
import { measureRestart } from './one-restart.js';
import { inTurns } from './result.js';
import { Traffic } from './traffic.js';

/** From the first answer after the start to the save, in milliseconds. */
const SOON = 1000;

/**
 * The first save of a day: in each round each restarter is started anew, and ended. All have run the app
 * once before, and have kept of that what they keep.
 */
export async function measureFirstSave(hosts, { rounds, rate }) {
  const started = await startHosts(hosts);
  for (const host of started) await host.end();
  return inTurns(rounds, started, (host, result) => takeTurn(host, result, rate));
}

async function takeTurn(host, result, rate) {
  await host.start();
  const traffic = new Traffic(host, result.traffic, rate);
  let restart;
  traffic.start();
  try {
    await sleep(host.answeredAt + SOON - performance.now());
    restart = await measureRestart(host, result.polls);
  } finally {
    await traffic.stop();
  }
  result.addRestart(restart);
  if (restart) await result.addRest(host);
  await host.end();
}
