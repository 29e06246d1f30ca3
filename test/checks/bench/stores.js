/**
 * `npm run bench`: requests per second of an express-session app over each store, in one interleaved
 * run. Every store has a server process of its own, all alive at once; in each round each of them is
 * loaded for a while, in an order that rotates, so that a machine that is slow for a moment is slow
 * for all. What counts is the ratio to MemoryStore within a round, and its median over the rounds.
 *
 * Exits with 1 when a goal is missed.
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { load, login } from './load.js';
import { readNumbers } from './options.js';
import { openServers } from './servers.js';
import { median, toGoals, toRow } from './report.js';

const CONNECTIONS = 32;
/** What a store does in the background after its turn shall not fall into the turn of the next. */
const PAUSE = 250;

const { rounds, seconds } = readNumbers({ rounds: 9, seconds: 1.5 });

const { servers, skipped, close } = await openServers();
process.once('SIGINT', () => void close().then(() => process.exit(130)));
process.once('SIGTERM', () => void close().then(() => process.exit(143)));
try {
  const cores = cpus();
  console.log(
    `Node ${process.version}, ${cores.length} x ${cores[0]?.model ?? 'unknown'}, load average ${loadavg()[0].toFixed(2)}; ` +
      `${rounds} rounds of ${seconds} s, ${CONNECTIONS} connections`,
  );
  for (const { name, reason } of skipped) console.log(`${name} is left out: ${reason}`);
  const results = await measure(servers);
  for (const server of servers) await server.checkKept(CONNECTIONS);
  console.table(Object.fromEntries(results.map((result) => [result.name, toRow(result)])));
  const goals = toGoals(results);
  for (const { text, isMet } of goals) console.log(`${isMet ? '✓' : '✗'} ${text}`);
  if (!goals.every(({ isMet }) => isMet)) process.exitCode = 1;
} finally {
  await close();
}

async function measure(all) {
  const results = [];
  for (const { name, isDurable, isFile, isRedis, url } of all) {
    const users = await login(url, CONNECTIONS);
    results.push({ name, isDurable, isFile, isRedis, url, users, reads: [], writes: [] });
  }
  const [memory] = results;
  for (let round = 0; round <= rounds; round++) {
    const turn = round % results.length;
    for (const result of [...results.slice(turn), ...results.slice(0, turn)]) {
      const reads = await load(result, 'read', seconds);
      const writes = await load(result, 'write', seconds);
      await sleep(PAUSE);
      if (round === 0) continue; // to warm up
      result.reads.push(reads);
      result.writes.push(writes);
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round} of ${rounds} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  return results.map((result) => ({
    ...result,
    readRatio: median(result.reads.map((rate, round) => rate / memory.reads[round])),
    writeRatio: median(result.writes.map((rate, round) => rate / memory.writes[round])),
  }));
}
