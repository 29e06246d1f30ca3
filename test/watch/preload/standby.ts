import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PreloadPlan } from '../../../src/watch/preload/plan.ts';
import type { PackageRecord } from '../../../src/watch/preload/record.ts';
import { createApp, type App } from '../../support/app.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DRIVER = join(ROOT, 'test', 'fixtures', 'preload', 'driver.mjs');

export interface Settings {
  entry?: string;
  env?: NodeJS.ProcessEnv;
  /** Before the driver. */
  flags?: string[];
  node?: string;
  /** What happens after the packages were preloaded, before the app starts. */
  change?: (app: App) => void;
}

export interface Standby {
  /** What a cold start of the app has printed, with all changes. */
  cold: string;
  /** What a start with preloaded packages has printed. */
  warm: string;
  plan: PreloadPlan;
  record: PackageRecord;
  /** The record of the start with preloaded packages. */
  recordOfWarm: PackageRecord;
  offender: string | undefined;
  isFresh: boolean;
  /** Files that came from the shelf, from their node_modules on. */
  taken: string[];
  declined: Record<string, string>;
}

/** An app with packages that are written for the test. */
export async function createAppWith(files: Record<string, string>): Promise<App> {
  const app = await createApp();
  for (const [path, content] of Object.entries(files)) app.write(path, content);
  return app;
}

/** Runs an app cold, probes its packages, and runs it again with them preloaded. */
export async function runInStandby(app: App, settings: Settings = {}): Promise<Standby> {
  const recorded = join(app.folder, '.record.json');
  await run(app, settings, { task: 'record', output: recorded });
  const record = readJson(recorded) as PackageRecord;
  const planned = join(app.folder, '.plan.json');
  await run(app, settings, { task: 'probe', input: record, output: planned });
  const plan = readJson(planned) as PreloadPlan;

  const result = join(app.folder, '.result.json');
  const warm = await run(app, settings, { task: 'shelf', input: plan, output: result });
  const cold = await run(app, settings, { task: 'none' });
  const found = readJson(result) as Standby & { record: PackageRecord };
  return {
    ...found,
    cold,
    warm,
    plan,
    record,
    recordOfWarm: found.record,
    taken: found.taken.map(toName),
    declined: Object.fromEntries(
      Object.entries(found.declined).map(([file, why]) => [toName(file), why]),
    ),
  };
}

/** The reasons of a plan by the names of files, from their node_modules on. */
export function refusalsOf(plan: PreloadPlan): Record<string, string> {
  return Object.fromEntries(Object.entries(plan.refused).map(([file, why]) => [toName(file), why]));
}

function toName(file: string): string {
  return file.split(/node_modules[\\/]/).pop() as string;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

interface Task {
  task: 'record' | 'probe' | 'shelf' | 'none';
  input?: unknown;
  output?: string;
}

async function run(app: App, settings: Settings, task: Task): Promise<string> {
  const {
    entry = 'app.cjs',
    env = {},
    flags = [],
    node = process.env.TEST_NODE ?? process.execPath,
    change,
  } = settings;
  const child = fork(join(app.folder, entry), [], {
    cwd: app.folder,
    execPath: node,
    execArgv: [...flags, '--import', DRIVER],
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: 'pipe',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = collect(child);
  const ended = once(child, 'exit');
  await once(child, 'message');
  child.send(task);
  if (task.task === 'shelf') {
    await Promise.race([once(child, 'message'), ended]);
    change?.(app);
    if (child.connected) child.send('go');
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${task.task}: exit ${code}\n${output()}`);
  return output();
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  return () => text;
}
