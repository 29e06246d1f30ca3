import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import type { StorageOptions } from '../../storage/options.ts';
import { readHead } from './records/head.ts';
import { findPlaces } from './records/place.ts';
import { isRunning } from './records/process-name.ts';

/**
 * Whether this process may keep state: a worker thread, a worker of a cluster and a process that one which
 * keeps has started may not. They would put the same state in another place, and overwrite what is there.
 *
 * @throws Error, in one sentence, when the session directory or its key cannot be used
 */
export function isFirstProcess(options: StorageOptions): boolean {
  if (!isMainThread || cluster.isWorker) return false;
  const heads = findPlaces(options).map(({ place }) => readHead(place));
  return !heads.some((head) => head?.process.pid === process.ppid && isRunning(head.process));
}
