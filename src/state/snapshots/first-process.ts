import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import type { StorageOptions } from '../../storage/options.ts';
import { findPlaces, type Place } from './place.ts';
import { isRunning, toProcessName, type ProcessName } from './process-name.ts';

/** The process that keeps the state of an app, or did last. */
export const PROCESS_KEY = 'process';

/** Notes that this process keeps the state of an app, for the processes that it starts. */
export function noteProcess(place: Place): void {
  place.set(PROCESS_KEY, JSON.stringify(toProcessName()));
}

/** Whether the process that keeps the state of an app lives. */
export function isKept(place: Place): boolean {
  const keeping = readProcess(place);
  return keeping !== undefined && isRunning(keeping);
}

/**
 * Whether this process may keep state: a worker thread, a worker of a cluster and a process that one which
 * keeps has started may not. They would overwrite its state with theirs.
 *
 * @throws Error, in one sentence, when the session directory or its key cannot be used
 */
export function isFirstProcess(options: StorageOptions): boolean {
  if (!isMainThread || cluster.isWorker) return false;
  const keeping = findPlaces(options).map(({ place }) => readProcess(place));
  return !keeping.some((one) => one?.pid === process.ppid && isRunning(one));
}

function readProcess(place: Place): ProcessName | undefined {
  const text = place.get(PROCESS_KEY);
  return text === undefined ? undefined : (JSON.parse(text) as ProcessName);
}
