/**
 * `npm run bench:care`: the time and the memory that the commands take that look after sessions, with
 * 100,000 sessions in a directory and in Redis. Each command runs several times in a process of its own;
 * the slowest run counts. Where others use the machine, the time of the processor says more.
 *
 * Exits with 1 when a goal is missed.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toEnvironment } from './environment.js';
import { describeMachine, readNumbers } from './options.js';
import { end, openRedis } from './servers.js';
import { buildModules } from '../../support/modules.ts';

/** Milliseconds, and bytes. */
const LONGEST = 3000;
const MOST = 200 * 1024 * 1024;

const { sessions, runs } = readNumbers({ sessions: 100_000, runs: 3 });

const CLI = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.js');
const PEAK = join(import.meta.dirname, 'peak.js');

/** Those that remove come last, and once. */
const READING = [
  ['ls'],
  ['ls', '--json'],
  ['ls', '--user', 'user77@example.org'],
  ['show', '0001aa'],
  ['stats'],
  ['why', '000abcxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  ['doctor'],
];
const REMOVING = [
  ['prune'],
  ['clear', '--user', 'user77@example.org', '--yes'],
  ['clear', '--yes'],
];

const root = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-bench-'));
writeFileSync(join(root, 'package.json'), '{ "name": "bench", "type": "module" }');
const environment = toEnvironment(root);
Object.assign(process.env, environment);
process.chdir(root);
buildModules();
const { fillDirectory, fillRedis } = await import('./fill.js');
const { resolveOptions } = await import('../../../src/options.ts');

const children = [];
const redis = await openRedis(root, children, ['--save', '']).then(
  (port) => `redis://127.0.0.1:${port}`,
  (error) => void console.log(`Redis is left out: ${error.message}`),
);
process.once('SIGINT', () => void close().then(() => process.exit(130)));
try {
  console.log(describeMachine(process.execPath));
  const rows = {};
  const entry = join(root, 'package.json');
  console.log('filling the directory …');
  const options = resolveOptions({ type: 'filesystem' }, { entry });
  fillDirectory(options, sessions);
  const copy = join(root, 'copy');
  cpSync(options.directory, copy, { recursive: true });
  spawnSync('sync'); // files that never reached the disk are cheaper to remove
  measure('directory', rows, []);
  rows['to compare: fs.rmSync of as many files'] = removePlainly(copy);
  if (redis) {
    console.log('filling Redis …');
    environment.REDIS_URL = redis;
    await fillRedis(resolveOptions({ type: 'redis', redis }, { entry }), sessions);
    measure('redis', rows, ['--redis']);
  }
  console.table(rows);
  if (Object.values(rows).some(({ goal }) => goal === '✗')) process.exitCode = 1;
} finally {
  await close();
}
process.exit();

function measure(place, rows, flags) {
  for (const words of READING) rows[`${place}: ${words.join(' ')}`] = run(words, flags, runs);
  for (const words of REMOVING) rows[`${place}: ${words.join(' ')}`] = run(words, flags, 1);
}

/** What removing costs that looks at nothing. */
function removePlainly(folder) {
  const started = performance.now();
  rmSync(folder, { recursive: true });
  return { ms: Math.round(performance.now() - started) };
}

/** The slowest of the runs, and the most memory. */
function run(words, flags, times) {
  let milliseconds = 0;
  let bytes = 0;
  let cpu = 0;
  let last = '';
  for (let turn = 0; turn < times; turn++) {
    const peak = join(root, 'peak');
    const started = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', PEAK, CLI, ...words, ...flags],
      {
        cwd: root,
        env: { ...environment, BENCH_PEAK: peak },
        maxBuffer: 1 << 28,
        encoding: 'utf8',
      },
    );
    milliseconds = Math.max(milliseconds, performance.now() - started);
    const taken = JSON.parse(readFileSync(peak, 'utf8'));
    bytes = Math.max(bytes, taken.bytes);
    cpu = Math.max(cpu, taken.cpu);
    last = (stderr.trim() || stdout.trim()).split('\n').at(-1);
    if (status !== 0 && words[0] !== 'doctor') throw new Error(`${words.join(' ')}: ${last}`);
  }
  return {
    ms: Math.round(milliseconds),
    'ms of a processor': Math.round(cpu),
    MB: Math.round(bytes / 1024 / 1024),
    goal: milliseconds < LONGEST && bytes < MOST ? '✓' : '✗',
    'the last line': last.slice(0, 60),
  };
}

async function close() {
  await Promise.all(children.map(end));
  if (existsSync(root)) rmSync(root, { recursive: true, force: true });
}
