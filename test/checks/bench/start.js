// How much longer a start takes with 100,000 sessions in the directory than with none.
// node test/checks/bench/start.js [sessions] [runs]; the goal is at most 20 ms.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SESSIONS = Number(process.argv[2] ?? 100_000);
const RUNS = Number(process.argv[3] ?? 15);
const GOAL = 20;

const APP = `
import express from 'express';
import session from 'express-session';
const app = express();
app.use(session({ secret: 'x'.repeat(32), resave: false, saveUninitialized: false }));
app.get('/', (request, response) => response.json(request.session));
app.listen(0, () => console.log('listening'));
`;

const folder = mkdtempSync(join(tmpdir(), 'holdover-bench-'));
process.env.XDG_STATE_HOME = join(folder, 'state');
try {
  const none = createProject('none');
  const many = createProject('many');
  // Both have started once before: what is measured is a restart.
  for (const project of [none, many]) await timeToListening(project);
  console.log(`Making ${SESSIONS} sessions …`);
  await fillWithSessions(join(many, '.holdover', 'sessions'));
  const times = { none: [], many: [] };
  for (let run = 0; run < RUNS; run++) {
    times.none.push(await timeToListening(none));
    times.many.push(await timeToListening(many));
  }
  const [without, withThem] = [median(times.none), median(times.many)];
  const difference = withThem - without;
  console.log(`no sessions: ${without.toFixed(1)} ms to listening (median of ${RUNS})`);
  console.log(`${SESSIONS} sessions: ${withThem.toFixed(1)} ms`);
  console.log(`difference: ${difference.toFixed(1)} ms; the goal is at most ${GOAL} ms`);
  if (difference > GOAL) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function createProject(name) {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name, type: 'module' }));
  writeFileSync(join(project, 'app.js'), APP);
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  return project;
}

async function timeToListening(project) {
  const register = pathToFileURL(join(ROOT, 'dist', 'register.js')).href;
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', register, 'app.js'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.resume();
  await once(child.stdout, 'data');
  const time = performance.now() - start;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  return time;
}

/**
 * Stores through the library, and puts the files in their places without 100,000 fsyncs: few at a
 * time, because a folder that has once had many entries is slow to list for ever.
 */
async function fillWithSessions(directory) {
  const { createSessionStore } = await import('../../../dist/index.js');
  const store = createSessionStore({ directory });
  const data = { cookie: { path: '/', httpOnly: true }, user: 'Ada', text: 'x'.repeat(400) };
  const staged = join(directory, 'staged');
  for (let index = 0; index < SESSIONS; index++) {
    await store.set(`session ${index}`, data);
    if (index % 50 !== 49 && index < SESSIONS - 1) continue;
    for (const name of readdirSync(staged)) {
      if (name.length === 64) renameSync(join(staged, name), join(directory, name));
    }
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
