import { setTimeout as sleep } from 'node:timers/promises';
import { measureRestart } from './one-restart.js';
import { inTurns, Result } from './result.js';
import { Traffic } from './traffic.js';

/** From the first answer after the start to the save, in milliseconds. */
const SOON = 1000;

/** The first save of a day: in each round each restarter is started anew, and ended. */
export async function measureFirstSave(hosts, { rounds, rate }) {
  const all = hosts.map((host) => ({ host, result: new Result(host.restarter) }));
  await inTurns(rounds, all, ({ host, result }) => takeTurn(host, result, rate));
  return all.map(({ result }) => result);
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
