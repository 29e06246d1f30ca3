import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import type { StorageOptions } from '../../storage/options.ts';
import { findPlaces, type Place } from './place.ts';
import { readFileSync } from 'node:fs';
import { isAlive } from '../../storage/files/owners.ts';

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

/** A process, told apart from a later one with the same id where the system says when it was started. */
export interface ProcessName {
  pid: number;
  /** On Linux, where the ids in a container are the same at every start. */
  started?: string | undefined;
}

/** @param pid @default that of this process */
function toProcessName(pid: number = process.pid): ProcessName {
  return { pid, started: readStart(pid) };
}

export function isRunning({ pid, started }: ProcessName): boolean {
  return isAlive(pid) && readStart(pid) === started;
}

/** The 22nd field of its status; the second one, its name, may have blanks and brackets. */
function readStart(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
