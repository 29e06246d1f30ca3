/**
 * `npm run bench:vite`: how much longer a Vite dev server takes with the plugin than without until it prints
 * `Local:`, by turns, minimum and median, and the goals for both. The project has sessions from an earlier run.
 *
 * node test/checks/bench/vite.js [--runs 30] [--sessions 100] [--node <path>]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, readOptions } from './options.js';
import { median } from './report.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Milliseconds. */
const MINIMUM = 15;
const MEDIAN = 20;
const START_TIMEOUT = 60_000;

/** What stands in vite.config. */
const PROJECTS = { without: '', with: 'holdover()' };

const { node, runs, sessions } = readOptions({ runs: 30, sessions: 100 });

const folder = mkdtempSync(join(tmpdir(), 'holdover-bench-'));
process.env.XDG_STATE_HOME = join(folder, 'state');
try {
  console.log(`${describeMachine(node)}; ${sessions} sessions`);
  let isMet = true;
  for (const version of ['vite', 'vite7']) if (!(await compare(version))) isMet = false;
  if (!isMet) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns whether the goals are reached */
async function compare(version) {
  const projects = Object.entries(PROJECTS).map(([name, plugin]) => {
    return { name, folder: createProject(version, name, plugin), times: [] };
  });
  const [without, withPlugin] = projects;
  await fillWithSessions(withPlugin.folder);
  for (const project of projects) await timeToReady(project); // caches are made
  for (let run = 0; run < runs; run++) {
    for (const project of projects) project.times.push(await timeToReady(project));
    projects.reverse(); // none has always the same before it
  }
  const least = Math.min(...withPlugin.times) - Math.min(...without.times);
  const middle = median(withPlugin.times) - median(without.times);
  const isMet = least <= MINIMUM && middle <= MEDIAN;
  console.log(
    `${isMet ? '✓' : '✗'} ${version}: ${least.toFixed(1)} ms more (minimum of ${runs}), at most ${MINIMUM} wanted; ${middle.toFixed(1)} (median), at most ${MEDIAN} wanted`,
  );
  return isMet;
}

function createProject(version, name, plugin) {
  const project = join(folder, `${version}-${name}`);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name, type: 'module' }));
  writeFileSync(join(project, 'index.html'), '<p>hello</p>');
  const load = plugin ? "import holdover from 'holdover/vite';\n" : '';
  writeFileSync(
    join(project, 'vite.config.js'),
    `${load}export default { plugins: [${plugin}], cacheDir: '.vite' };\n`,
  );
  const modules = join(project, 'node_modules');
  mkdirSync(modules);
  symlinkSync(ROOT, join(modules, 'holdover'), 'junction');
  symlinkSync(join(ROOT, 'node_modules', version), join(modules, 'vite'), 'junction');
  return project;
}

async function timeToReady({ folder: project }) {
  const cli = join(project, 'node_modules', 'vite', 'bin', 'vite.js');
  const start = performance.now();
  const child = spawn(node, [cli, '--port', '0'], {
    cwd: project,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += text;
    if (output.includes('Local:')) break;
  }
  const time = performance.now() - start;
  clearTimeout(timer);
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  if (!output.includes('Local:')) throw new Error(`Vite did not print Local:\n${output}`);
  return time;
}

async function fillWithSessions(project) {
  const { createSessionStore } = await import('../../../dist/index.js');
  const store = createSessionStore({ directory: join(project, '.holdover', 'sessions') });
  for (let index = 0; index < sessions; index++) {
    await store.set(`session ${index}`, { user: 'ada', text: 'x'.repeat(400) });
  }
}
