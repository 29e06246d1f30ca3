/**
 * `npm run bench:restart`: from file saved to the first answer of the new code, with holdover, tsx
 * watch, node --watch and nodemon, and what becomes of 100 requests a second meanwhile.
 *
 * node test/bench/restart.js [--rounds 12] [--type module|commonjs] [--node <path>]
 *
 * All of them run the same app side by side, and take turns. In its turn one of them gets its traffic,
 * is saved, answers, and goes on under the same traffic until whatever it does after a restart (a
 * standby that warms up, watchers that are set up again) is over: on a few cores this work and the
 * traffic of all would otherwise fall into the restart of the next, and what was compared would be
 * which neighbour one has. The order rotates, so that what is left of it falls on all alike.
 *
 * Exits with 1 when holdover has refused or reset a request, has failed to answer one, or has lost a
 * login. Time does not change the exit code.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Counts } from './counts.js';
import { measureRestart } from './one-restart.js';
import { describeMachine, readRestartOptions } from './options.js';
import { isLoggedIn } from './requests.js';
import { printGoals, toGoals, toRow } from './restart-report.js';
import { openRestarters, RESTARTERS } from './restarters.js';
import { Traffic } from './traffic.js';

/** How long the traffic runs before a save, and after the first answer, in milliseconds. */
const BEFORE = 1000;
const AFTER = 2500;

const { times: rounds, type, node } = readRestartOptions('rounds', '12');
const { hosts, close } = await openRestarters(RESTARTERS, { type, node });
process.once('SIGINT', () => void close().then(() => process.exit(130)));
process.once('SIGTERM', () => void close().then(() => process.exit(143)));
try {
  console.log(
    `${describeMachine(node)}; ${rounds} rounds, "type": "${type}"\n` +
      `100 requests a second on the one whose turn it is, from ${BEFORE} ms before the save to ` +
      `${AFTER} ms after its first new answer; the others are idle meanwhile`,
  );
  const results = await measure();
  const [holdover, tsx] = results;
  console.table(Object.fromEntries(results.map((result) => [result.name, toRow(result, tsx)])));
  for (const { name, traffic } of results) {
    if (traffic.reasons.size > 0) console.log(`${name}: ${traffic.describe()}`);
  }
  printGoals(toGoals(holdover, tsx));
} finally {
  await close();
}

async function measure() {
  const results = hosts.map((host) => ({
    ...host,
    times: [],
    missed: 0,
    loginsKept: 0,
    traffic: new Counts(),
    polls: new Counts(),
  }));
  await sleep(AFTER); // the last one has just started
  for (let round = 0; round < rounds; round++) {
    const turn = round % results.length;
    for (const result of [...results.slice(turn), ...results.slice(0, turn)]) {
      await takeTurn(result);
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  return results;
}

async function takeTurn(result) {
  const traffic = new Traffic(result.url, result.cookie, result.traffic);
  traffic.start();
  try {
    await sleep(BEFORE);
    const { time, missed } = await measureRestart(result, result.polls);
    result.times.push(time);
    result.missed += missed;
    await sleep(AFTER);
  } finally {
    await traffic.stop();
  }
  if (await isLoggedIn(result.url, result.cookie)) result.loginsKept++;
}
