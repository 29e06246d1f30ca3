/**
 * Presses Ctrl-C in a terminal of its own, 50 times: at rest, at any moment of a start or a restart, with a
 * prompt, and after a crash. Each has to end within the grace, with 130 or the app's own exit code.
 *
 *     npm run build && node test/checks/bench/ctrl-c.js [runs]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const CLI = new URL('../../../dist/cli.js', import.meta.url).pathname;
const SLOWEST = 4000;

const SERVER = `import { createServer } from 'node:http';
createServer((_, response) => response.end()).listen(0, () => console.log('listening'));\n`;
const PROMPT = `import { createInterface } from 'node:readline';
createInterface({ input: process.stdin, output: process.stdout }).on('SIGINT', () => process.exit(7)).prompt();\n`;

const save = ({ folder }, code) => writeFileSync(join(folder, 'app.mjs'), code);

/** What happens before Ctrl-C, and the exit code. */
const MOMENTS = {
  'at rest': { before: () => {} },
  'during a start': { isEarly: true, before: () => delay(Math.random() * 700) },
  'during a restart': {
    before(run) {
      save(run, `${SERVER}// saved`);
      return delay(Math.random() * 500);
    },
  },
  'during an end that takes its time': {
    code: `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 300));\n`,
    before(run) {
      save(run, `${SERVER}// saved`);
      return delay(Math.random() * 500);
    },
  },
  // In raw mode the key is the app's, which ends by it, and may be restarted: it is pressed again.
  'with a prompt': { code: PROMPT, exit: [7, 130], isRaw: true, before: () => {} },
  'with a prompt, during a restart': {
    code: PROMPT,
    exit: [7, 130],
    isRaw: true,
    before(run) {
      save(run, `${SERVER}${PROMPT}// saved`);
      return delay(Math.random() * 500);
    },
  },
  'after a crash': {
    exit: [1, 130],
    async before(run) {
      save(run, 'throw new Error();');
      await run.printed('exited with code 1');
    },
  },
};

async function press({ before, code = '', exit = 130, isEarly = false, isRaw = false }) {
  const folder = mkdtempSync(join(tmpdir(), 'holdover-ctrl-c-'));
  const run = { folder };
  save(run, code + SERVER);
  const command = `exec '${process.execPath}' '${CLI}' watch app.mjs`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: folder });
  child.stdin.on('error', () => {}); // it has ended
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  run.printed = async (text) => {
    while (!output.includes(text)) await delay(10);
  };
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (!isEarly) await run.printed('listening');
  await before(run);
  const since = performance.now();
  child.stdin.write('\x03');
  const again = setInterval(() => isRaw && child.stdin.write('\x03'), 1000);
  const ended = await Promise.race([exited, delay(20_000, 'never')]);
  clearInterval(again);
  const took = Math.round(performance.now() - since);
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  return { ended, took, isGood: [exit].flat().includes(ended) && took < SLOWEST, output };
}

const runs = Number(process.argv[2] ?? 50);
const moments = Object.entries(MOMENTS);
let bad = 0;
for (let i = 0; i < runs; i++) {
  const [name, moment] = moments[i % moments.length];
  const { ended, took, isGood, output } = await press(moment);
  console.log(`${isGood ? 'good' : 'BAD '} ${ended} after ${took} ms, ${name}`);
  if (!isGood) console.log(output);
  bad += isGood ? 0 : 1;
}
console.log(`${runs - bad} of ${runs} were good`);
process.exitCode = bad > 0 ? 1 : 0;
