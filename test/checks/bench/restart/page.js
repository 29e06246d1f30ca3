import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHosts } from './hosts.js';
import { measureRestart } from './one-restart.js';
import { send } from './requests.js';
import { inTurns } from './result.js';

const FIRST = 2;
const LAST = 20;

/** Before a save, and after the last request, in milliseconds. */
const REST = 3500;

/** Requests that a page makes. */
const PATHS = ['/pages/venues', '/me', '/venues', '/menus?people=20'];

/**
 * The time that requests 2 to 20 take after a restart, one after the other on a connection that is kept
 * alive, as of a page that is reloaded. A standby that is made too early shows here. There is no other
 * traffic.
 */
export async function measurePages(hosts, { rounds }) {
  return inTurns(rounds, await startHosts(hosts), takeTurn);
}

async function takeTurn(host, result) {
  await sleep(REST);
  const restart = await measureRestart(host, result.polls);
  result.addRestart(restart);
  if (!restart) return host.restart();
  await loadPage(host, result);
  await sleep(REST);
  await result.addRest(host);
}

async function loadPage(host, result) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let total = 0;
  for (let number = FIRST; number <= LAST; number++) {
    const path = PATHS[number % PATHS.length];
    const answer = await send(host.app.url, { path, headers: { cookie: host.cookie }, agent });
    result.traffic.add(answer);
    result.requests.push(answer.time);
    total += answer.time;
  }
  agent.destroy();
  result.pages.push(total);
}
