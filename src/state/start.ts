import { relative, sep } from 'node:path';
import type { KeptPlace } from '../options/keep.ts';
import { notice } from '../options/notice.ts';
import type { StorageOptions } from '../storage/options.ts';
import { KEEP, type KeepReceiver } from './binding.ts';
import { onForgetState } from './told.ts';
import { isFirstProcess } from './snapshots/first-process.ts';
import { openRuns, type Runs } from './snapshots/runs.ts';
import { State } from './state.ts';

/** Of whom the state is, and where it lies. */
export interface Keeping {
  /** The root of the project, absolute and without links. */
  root: string;
  /** The file that is run, or the root of Vite; absolute and without links. */
  entry: string;
  storage: StorageOptions;
  keep: KeptPlace[];
}

const globals = globalThis as { [KEEP]?: KeepReceiver };

let keeping: Keeping | undefined;
let state: State | undefined;
let isRefused = false;
let isForgotten = false;
let runs: Runs | undefined;

/**
 * From now on this process keeps what modules and `preserve()` show: in the name of whoever has called this
 * first, and what anybody has named. Nothing is opened before there is something to keep.
 */
export function startKeeping(next: Keeping): void {
  if (keeping) {
    keeping.keep.push(...next.keep);
    state?.keepAlso(next.keep);
    return;
  }
  keeping = { ...next, keep: [...next.keep] };
  onForgetState(() => (isForgotten = true));
  globals[KEEP] = {
    module: (...shown) => openState()?.module(...shown),
    privates: (...shown) => openState()?.privates(...shown),
    call: (...shown) => openState()?.call(...shown),
  };
}

/** Whether it is known by now of whom the state of this process is. */
export function isKeeping(): boolean {
  return keeping !== undefined;
}

/** The state of this process; `undefined` where its memory is not kept. */
export function openState(): State | undefined {
  if (state || isRefused || !keeping) return state;
  try {
    if (isFirstProcess(keeping.storage)) {
      runs ??= openRunsOf(keeping);
      state = new State({ ...keeping, runs, isForgotten, say: notice });
    }
  } catch (error) {
    notice(`Nothing is kept of the app's memory: ${(error as Error).message}`);
  }
  isRefused = !state;
  return state;
}

/** Reads and parses what the last run has left by now, while it runs. What cannot be read is said later. */
export function readAhead(): void {
  if (state || !keeping) return;
  runs ??= openRunsOf(keeping);
  runs.readAhead();
}

function openRunsOf({ root, entry, storage }: Keeping): Runs {
  const app = relative(root, entry).split(sep).join('/') || '.';
  return openRuns({ storage, app, say: notice });
}
