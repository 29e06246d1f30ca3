// Whether the suite passes again and again on a machine that has other work to do.
//
//   npm run check:steady -- [--runs 5] [--load 4] [files for vitest]
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

/** Keeps one core busy for as long as its parent is there, however that ends. */
const BUSY = 'const parent = process.ppid; while (process.ppid === parent);';

/** How much of a failure is shown, in characters. */
const LONGEST_FAILURE = 4000;

/** What vitest writes with `--reporter=json`, as far as it is read here. */
interface Report {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

interface Outcome {
  passed: number;
  failed: string[];
  /** Errors beside those of tests, and why a run has ended without a report. */
  trouble?: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, load: { type: 'string', default: '4' } },
});

async function checkSteadiness(runs: number, load: number): Promise<boolean> {
  const busy = Array.from({ length: load }, () =>
    spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' }),
  );
  try {
    let isGood = true;
    for (let run = 1; run <= runs; run++) {
      const began = performance.now();
      const outcome = await runSuite();
      const seconds = Math.round((performance.now() - began) / 1000);
      console.log(format(`run ${run} of ${runs}`, seconds, outcome));
      if (outcome.failed.length > 0 || outcome.trouble) isGood = false;
    }
    return isGood;
  } finally {
    for (const child of busy) child.kill('SIGKILL');
  }
}

async function runSuite(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'holdover-steady-'));
  try {
    const file = join(folder, 'report.json');
    const args = ['run', '--config', 'test/vitest.config.ts', ...positionals];
    args.push('--reporter=dot', '--reporter=json', `--outputFile.json=${file}`);
    const suite = spawn(process.execPath, [VITEST, ...args], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const errors = readErrors(suite);
    const [code] = (await once(suite, 'close')) as [number | null];
    const { passed, failed } = readReport(file);
    const isExplained = code === 0 || failed.length > 0;
    if (isExplained) return { passed, failed };
    return { passed, failed, trouble: `vitest has ended with ${code}:\n${errors()}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The last that it has printed as an error. */
function readErrors(suite: ChildProcess): () => string {
  let text = '';
  suite.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-5000);
  });
  return () => text.trim();
}

function readReport(file: string): Outcome {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { passed: 0, failed: [] };
  }
  const failed = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    const path = name.replace(ROOT, '');
    if (status === 'failed' && tests.length === 0) return [`${path}: ${message}`];
    return tests.map(({ fullName, failureMessages: [why = ''] }) => {
      return `${path}: ${fullName}\n    ${toBeginning(why)}`;
    });
  });
  return { passed: report.numPassedTests, failed };
}

/** What a failure says of itself, without the frames. What a process has printed may be in it. */
function toBeginning(why: string): string {
  const [said = ''] = why.split(/\n\s+at /, 1);
  return said.slice(0, LONGEST_FAILURE).replaceAll('\n', '\n    ');
}

function format(run: string, seconds: number, { passed, failed, trouble }: Outcome): string {
  const line = `${run}: ${passed} passed, ${failed.length} failed, ${seconds} s`;
  return [line, ...failed.map((name) => `  ${name}`), ...(trouble ? [`  ${trouble}`] : [])].join(
    '\n',
  );
}

process.once('SIGINT', () => process.exit(130)); // the rest ends with it
void checkSteadiness(Number(values.runs), Number(values.load)).then((isGood) => {
  process.exitCode = isGood ? 0 : 1;
});
