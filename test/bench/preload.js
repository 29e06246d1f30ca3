// npm run bench:preload: how many milliseconds preloading saves, and what is refused.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const DRIVER = join(ROOT, 'test', 'fixtures', 'preload', 'driver.mjs');
const PACKAGES = 'express express-session pino helmet compression lodash zod handlebars'.split(' ');
const folder = mkdtempSync(join(tmpdir(), 'holdover-measure-'));
const output = join(folder, 'output.json');

async function run(task, input) {
  const child = fork(join(folder, 'app.mjs'), [], {
    execPath: process.env.TEST_NODE ?? process.execPath,
    execArgv: ['--import', DRIVER],
    stdio: 'pipe',
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.pipe(process.stderr);
  const ended = once(child, 'exit');
  await once(child, 'message');
  child.send({ task, input, output, options: {} });
  if (task === 'shelf') {
    await once(child, 'message');
    child.send('go');
  }
  await ended;
  return task === 'probe' || task === 'record'
    ? JSON.parse(readFileSync(output, 'utf8'))
    : JSON.parse(printed);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
writeFileSync(
  join(folder, 'app.mjs'),
  `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);
  const took = {};
  for (const name of ${JSON.stringify(PACKAGES)}) {
    const start = performance.now(); require(name); took[name] = performance.now() - start;
  }
  process.stdout.write(JSON.stringify(took));`,
);
const record = await run('record');
const plan = await run('probe', record);
const cold = [];
const warm = [];
for (let round = 0; round < 7; round++) {
  cold.push(await run('none'));
  warm.push(await run('shelf', plan));
}
rmSync(folder, { recursive: true, force: true });
const shorten = (text) => text.replaceAll(/\S*node_modules[\\/]/g, '');
for (const name of PACKAGES) {
  const of = (runs) => median(runs.map((took) => took[name])).toFixed(1);
  console.log(`${name}: cold ${of(cold)} ms, preloaded ${of(warm)} ms`);
}
const total = (runs) =>
  median(runs.map((took) => Object.values(took).reduce((a, b) => a + b))).toFixed(0);
console.log(`all: cold ${total(cold)} ms, preloaded ${total(warm)} ms`);
console.log(`plan: ${plan.modules.length} modules, ${JSON.stringify(plan).length} bytes`);
for (const [file, why] of Object.entries(plan.refused)) {
  if (!/requires|comes after/.test(why)) console.log(`refused: ${shorten(file)}: ${shorten(why)}`);
}
