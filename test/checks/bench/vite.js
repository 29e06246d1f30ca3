/**
 * `npm run bench:vite`: how much longer the start of a Vite dev server takes with the plugin than without, and
 * with its inspector than without that, by turns, from the start of the process to the last of the addresses
 * that it prints. The project has sessions from an earlier run. The goals are at most 30 ms and 3 ms, in the
 * median.
 *
 * node test/checks/bench/vite.js [--runs 40] [--sessions 100]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, readNumbers } from './options.js';
import { median } from './report.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Milliseconds. */
const PLUGIN = 30;
const INSPECTOR = 3;
const START_TIMEOUT = 60_000;

/** What stands in vite.config, and what is printed last. */
const PROJECTS = {
  without: { plugin: '', last: 'Local:' },
  bare: { plugin: 'holdover({ inspector: false })', last: 'Sessions:' },
  whole: { plugin: 'holdover()', last: 'Inspector:' },
};

const { runs, sessions } = readNumbers({ runs: 40, sessions: 100 });

const folder = mkdtempSync(join(tmpdir(), 'holdover-bench-'));
process.env.XDG_STATE_HOME = join(folder, 'state');
try {
  console.log(`${describeMachine(process.execPath)}; ${sessions} sessions`);
  let isMet = true;
  for (const version of ['vite', 'vite7']) if (!(await compare(version))) isMet = false;
  if (!isMet) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns whether the goals are reached */
async function compare(version) {
  const projects = Object.entries(PROJECTS).map(([name, { plugin, last }]) => {
    return { name, last, folder: createProject(version, name, plugin), times: [] };
  });
  for (const { name, folder: project } of projects) {
    if (name !== 'without') await fillWithSessions(project);
  }
  for (const project of projects) await timeToReady(project); // caches are made
  for (let run = 0; run < runs; run++) {
    for (const project of projects) project.times.push(await timeToReady(project));
    projects.push(projects.shift()); // none has always the same before it
  }
  const times = Object.fromEntries(projects.map(({ name, times: all }) => [name, median(all)]));
  console.log(
    `${version}: ${times.without.toFixed(1)} ms without, ${times.whole.toFixed(1)} ms with the plugin, ` +
      `${times.bare.toFixed(1)} ms where it has no inspector (median of ${runs})`,
  );
  const areMet = [
    tell('the plugin', times.whole - times.without, PLUGIN),
    tell('its inspector', times.whole - times.bare, INSPECTOR),
  ];
  return areMet.every(Boolean);
}

function tell(what, difference, goal) {
  const isMet = difference <= goal;
  console.log(`${isMet ? '✓' : '✗'} ${what}: ${difference.toFixed(1)} ms, at most ${goal} wanted`);
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

async function timeToReady({ folder: project, last }) {
  const cli = join(project, 'node_modules', 'vite', 'bin', 'vite.js');
  const start = performance.now();
  const child = spawn(process.execPath, [cli, '--port', '0'], {
    cwd: project,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += text;
    if (output.includes(last)) break;
  }
  const time = performance.now() - start;
  clearTimeout(timer);
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  if (!output.includes(last)) throw new Error(`Vite did not print ${last}:\n${output}`);
  return time;
}

async function fillWithSessions(project) {
  const { createSessionStore } = await import('../../../dist/index.js');
  const store = createSessionStore({ directory: join(project, '.holdover', 'sessions') });
  for (let index = 0; index < sessions; index++) {
    await store.set(`session ${index}`, { user: 'ada', text: 'x'.repeat(400) });
  }
}
