import { basename, join } from 'node:path';
import { resolveOptions } from '../../src/options.ts';
import { openRuns, type Runs } from '../../src/state/snapshots/runs.ts';
import type { StorageOptions } from '../../src/storage/options.ts';
import { TEST_SECRET } from './processes.ts';
import { listRecordFiles } from './record-files.ts';

const OPENED = Symbol.for('holdover.directories.2');

/** The options of a project in a folder, as `holdover` would resolve them there. */
export function toStorage(folder: string): StorageOptions {
  const options = { type: 'filesystem', directory: join(folder, 'sessions') } as const;
  const resolved = resolveOptions(options, { entry: join(folder, 'package.json') });
  return { ...resolved, sealingSecret: TEST_SECRET, displayDirectory: 'sessions', log: () => {} };
}

/** Where the files of the state lie. */
export function stateFolderOf(folder: string): string {
  return join(folder, 'sessions', 'state');
}

/** The names of all records of the state, staged or in their places. */
export function stateFilesIn(folder: string): string[] {
  const paths = listRecordFiles(stateFolderOf(folder));
  return [...new Set(paths.map((path) => basename(path)))];
}

/** Has the next directory read from the disk, as another process would. */
export function forgetOpened(): void {
  (globalThis as { [OPENED]?: Map<string, unknown> })[OPENED]?.clear();
}

/** The runs of an app as a process that starts now has them. */
export function openTestRuns(folder: string, app = 'app.js'): { runs: Runs; said: string[] } {
  forgetOpened();
  const said: string[] = [];
  const runs = openRuns({ storage: toStorage(folder), app, say: (text) => said.push(text) });
  return { runs, said };
}

/** What the next process finds, by the keys of bindings. */
export function readAgain(folder: string, app?: string): Record<string, unknown> | undefined {
  const left = openTestRuns(folder, app).runs.previous();
  return left && Object.assign({}, ...left.graphs.map(({ roots }) => roots as object));
}

/** Writes values at once. */
export function put(runs: Runs, roots: Record<string, string | number>): void {
  runs.write(JSON.stringify({ graphs: [{ roots, nodes: [] }], waiting: [], texts: {} }));
}
