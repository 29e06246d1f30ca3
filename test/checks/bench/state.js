/**
 * `npm run bench:state`: what it costs to keep a Map of users of 1, 10 and 30 MB of JSON, each size in a
 * process of its own: one pass over it, stalls, heap, what a restart reads, and the processor per request;
 * beside what v8.serialize and devalue take for the same value in the same process.
 *
 * Exits with 1 when a goal is missed. Where others use the machine, compare the rows of one run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toEnvironment } from './environment.js';
import { describeMachine, toPositive } from './options.js';
import { buildModules } from '../../support/modules.ts';

/** Milliseconds. */
const LONGEST_STALL = 45;
/** Of a core, for a pass over 1 MB in which nothing has changed, in milliseconds. */
const LONGEST_PASS = 8;
/** A part of a core. */
const MOST_OF_A_CORE = 0.02;
/** How long reading 1 MB may hold a restart up, in milliseconds. */
const LONGEST_READ = 30;

buildModules();
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1,10,30' },
    seconds: { type: 'string', default: '12' },
    node: { type: 'string', default: process.execPath },
  },
});
const sizes = values.sizes.split(',').map((size) => toPositive('--sizes', size));
const seconds = toPositive('--seconds', values.seconds);

const root = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-bench-'));
writeFileSync(join(root, 'package.json'), '{ "name": "bench", "type": "module" }');
try {
  console.log(describeMachine(values.node));
  const results = sizes.map((size) => [size, measure(size)]);
  for (const [size, { rows }] of results) {
    console.log(`\n${size} MB`);
    console.table(rows);
  }
  const missed = results.flatMap(([size, result]) => toMissed(size, result));
  for (const line of missed) console.log(`missed: ${line}`);
  if (missed.length > 0) process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true });
}

function measure(size) {
  const words = ['--expose-gc', '--max-old-space-size=4096'];
  const script = join(import.meta.dirname, 'state-process.js');
  const { stdout, stderr, status } = spawnSync(
    values.node,
    [...words, script, root, String(size), String(seconds)],
    { encoding: 'utf8', env: toEnvironment(root), maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`The measurement has ended with ${status}.\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** @param noise the longest stall of the same process without passes */
function toMissed(size, { stall, noise, ofACore, read, unchanged }) {
  return [
    [stall <= Math.max(LONGEST_STALL, noise), `${size} MB: a stall of ${stall.toFixed(1)} ms`],
    [
      ofACore <= MOST_OF_A_CORE,
      `${size} MB: passes take ${(ofACore * 100).toFixed(1)} % of a core`,
    ],
    [
      size > 1 || unchanged <= LONGEST_PASS,
      `${size} MB: a pass takes ${unchanged.toFixed(1)} ms of a core`,
    ],
    [size > 1 || read <= LONGEST_READ, `${size} MB: a restart reads for ${read.toFixed(1)} ms`],
  ].flatMap(([isMet, text]) => (isMet ? [] : [text]));
}
