import { setTimeout as sleep } from 'node:timers/promises';
import { startHosts } from './hosts.js';
import { measureRestart } from './one-restart.js';
import { Traffic } from './traffic.js';
import { inTurns } from './result.js';

/** How long the traffic runs before a save, and after the first answer, in milliseconds. */
const BEFORE = 1000;
const AFTER = 2500;

/**
 * Saves that are far apart. All restarters run side by side, and take turns. In its turn one of them gets
 * its traffic, is saved, answers, and goes on under the same traffic until whatever it does after a
 * restart (a standby that warms up, watchers that are set up again) is over: on a few cores this work
 * and the traffic of all would otherwise fall into the restart of the next, and what was compared would
 * be which neighbour one has. The order rotates, so that what is left of it falls on all alike.
 */
export async function measureSingleSaves(hosts, { rounds, rate }) {
  const started = await startHosts(hosts);
  await sleep(AFTER); // the last one has just started
  return inTurns(rounds, started, (host, result) => takeTurn(host, result, rate));
}

async function takeTurn(host, result, rate) {
  const traffic = new Traffic(host, result.traffic, rate);
  let restart;
  traffic.start();
  try {
    await sleep(BEFORE);
    restart = await measureRestart(host, result.polls);
    await sleep(AFTER);
  } finally {
    await traffic.stop();
  }
  result.addRestart(restart);
  if (restart) await result.addRest(host);
  else await host.restart();
}
