/** What a thread of `RecordThreads` runs: it does what it is sent, one piece of work after the other. */
import { parentPort } from 'node:worker_threads';
import { readRecords, removeRecords } from './record-work.ts';
import type { Answer, Order } from './record-threads.ts';

parentPort?.on('message', ({ id, work, task }: Order) => {
  const outcome = work === 'read' ? readRecords(task) : removeRecords(task);
  parentPort?.postMessage({ id, outcome } satisfies Answer);
});
