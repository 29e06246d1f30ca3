/**
 * `npm run bench:start`: how much longer a process takes that loads holdover than one that does not, by turns,
 * minimum and median, and the goals for the minimum. An app has loaded Node's own modules for crypto and network
 * anyway, which are a part of these figures.
 *
 * node test/checks/bench/start.js [--runs 30] [--node <path>]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, readOptions } from './options.js';
import { median } from './report.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What is run, and how many milliseconds it may take beyond an empty module. */
const CASES = [
  { name: 'without', words: [], code: '' },
  { name: 'holdover/register', words: ['--import', 'holdover/register'], code: '', goal: 32 },
  { name: 'holdover/express', words: [], code: "import 'holdover/express'", goal: 30 },
  { name: 'holdover', words: [], code: "import 'holdover'", goal: 45 },
];

const { runs, node } = readOptions({ runs: 30 });
const folder = mkdtempSync(join(tmpdir(), 'holdover-bench-'));
try {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'holdover'), 'junction');
  for (const [index, { code }] of CASES.entries())
    writeFileSync(join(folder, `${index}.mjs`), code);
  console.log(describeMachine(node));
  const times = CASES.map(() => []);
  for (let run = 0; run <= runs; run++) {
    for (const [index, { words }] of CASES.entries()) {
      const since = performance.now();
      const { status } = spawnSync(node, [...words, `${index}.mjs`], { cwd: folder });
      if (status !== 0) throw new Error(`${CASES[index].name} has failed.`);
      if (run > 0) times[index].push(performance.now() - since); // the first one fills caches
    }
  }
  const [base] = times;
  for (const [index, { name, goal }] of CASES.entries()) {
    const least = Math.min(...times[index]) - Math.min(...base);
    const middle = median(times[index]) - median(base);
    if (goal === undefined) continue;
    const isMet = least <= goal;
    if (!isMet) process.exitCode = 1;
    console.log(
      `${isMet ? '✓' : '✗'} ${name}: ${least.toFixed(1)} ms more (minimum of ${runs}), at most ${goal} wanted; ${middle.toFixed(1)} (median)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
