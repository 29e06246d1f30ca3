/**
 * `npm run bench:restart`: from file saved to the first answer of the new code, with holdover and with
 * what else restarts a server, in one interleaved run, and what becomes of 100 requests a second
 * meanwhile.
 *
 * node test/checks/bench/restart.js [--case esm,commonjs,large,first,burst,requests | all] [--rounds 12]
 *   [--only holdover,no-standby,tsx,node,nodemon,bun-hot,bun-watch,deno,nub] [--rate 100]
 *   [--type module|commonjs] [--node <path>]
 *
 * holdover is packed and installed as a user has it; build it first. bun, deno and nub are installed in
 * test/checks/bench/peers when they are missing.
 *
 * Exits with 1 when holdover has refused or reset a request, has failed to answer one, or has lost a
 * login. Time does not change the exit code.
 */
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { describeMachine } from './options.js';
import { readRestartFlags } from './restart/flags.js';
import { printGoals, toLossGoals, toTimeGoals } from './restart/goals.js';
import { openHosts } from './restart/hosts.js';
import { installPeers, readPeerVersion } from './restart/peers.js';
import { printResults } from './restart/report.js';

const { cases, node } = readRestartFlags();
const nodeVersion = parseInt(execFileSync(node, ['-p', 'process.versions.node']), 10);
const missing = findMissingPeers(new Set(cases.flatMap(({ restarters }) => restarters)));
const goals = [];
for (const one of cases) goals.push({ text: one.text, all: await measureCase(one) });
for (const { text, all } of goals) {
  console.log(`\n${text}`);
  printGoals(all);
}

async function measureCase({ restarters, ...one }) {
  const wanted = restarters.filter(({ peer }) => !missing.has(peer));
  const { hosts, close } = await openHosts(wanted, { ...one, node });
  const stop = (code) => void close().then(() => process.exit(code));
  const onInterrupt = () => stop(130);
  const onTermination = () => stop(143);
  process.once('SIGINT', onInterrupt).once('SIGTERM', onTermination);
  try {
    console.log(
      `\n${one.text}; ${one.rounds} rounds\n${describeMachine(node)}; ` +
        `${one.rate} requests a second on the one whose turn it is`,
    );
    const results = await one.measure(hosts, one);
    printResults(results);
    console.log(`load average at the end: ${loadavg()[0].toFixed(2)}`);
    const holdover = results.find(({ id }) => id === 'holdover');
    if (!holdover) return [];
    return [...toTimeGoals(one, results, nodeVersion), ...toLossGoals(holdover)];
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTermination);
    await close();
  }
}

/** Installs what is wanted, and names what this machine cannot have. */
function findMissingPeers(restarters) {
  const peers = [...new Set([...restarters].flatMap(({ peer }) => peer ?? []))];
  installPeers(peers);
  const absent = peers.filter((peer) => {
    const version = readPeerVersion(peer);
    console.log(
      version
        ? `${peer}: ${version}`
        : `${peer} is left out: what is in test/checks/bench/peers does not run`,
    );
    return !version;
  });
  return new Set(absent);
}
