/** A thread that reads the records of a directory; `read-all.ts` starts it where there are many. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Scanned } from '../storage/directory/scan.ts';
import { readPart, type Reading } from '../storage/survey/read-part.ts';

parentPort?.on('message', (part: Scanned[]) => {
  parentPort?.postMessage(readPart(workerData as Reading, part));
});
