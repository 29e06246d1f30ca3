import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { toOwnUrl } from '../own-files.ts';
import type { Scanned } from '../directory/scan.ts';
import { readPart, type Reading, type ReadPart } from './read-part.ts';

/** From how many records on a thread of their own reads them: it takes as long to start as to read some 1,000. */
const MANY = 5000;

/** How many parts the thread has to read at the same time, at most. */
const MOST_PARTS = 4;

/**
 * Reads all records that a scan meets, a part at a time. Of many records the first are read here and the others
 * by a thread, while what it has read is looked at here.
 */
export async function* readAll(
  reading: Reading,
  parts: AsyncIterable<Scanned[]>,
): AsyncGenerator<ReadPart, void> {
  let seen = 0;
  let thread: ReadingThread | undefined;
  try {
    for await (const part of parts) {
      seen += part.length;
      if (seen <= MANY) {
        yield readPart(reading, part);
        continue;
      }
      thread ??= new ReadingThread(reading);
      thread.send(part);
      if (thread.waiting === MOST_PARTS) yield await thread.receive();
    }
    if (thread) yield* thread.receiveAll();
  } finally {
    await thread?.end();
  }
}

class ReadingThread {
  /** How many parts it has not given back. */
  waiting = 0;
  readonly #worker: Worker;
  readonly #answers: AsyncIterator<unknown[]>;

  constructor(reading: Reading) {
    const url = toOwnUrl('storage/survey/reading-thread.js');
    this.#worker = new Worker(url, { workerData: reading, execArgv: [] });
    // Rejects with the error that ends the thread.
    this.#answers = on(this.#worker, 'message', { close: ['exit'] })[Symbol.asyncIterator]();
  }

  send(part: Scanned[]): void {
    this.waiting++;
    this.#worker.postMessage(part);
  }

  async receive(): Promise<ReadPart> {
    const { done, value } = await this.#answers.next();
    if (done) throw new Error('The thread that reads sessions has ended.');
    this.waiting--;
    return (value as [ReadPart])[0];
  }

  async *receiveAll(): AsyncGenerator<ReadPart, void> {
    while (this.waiting > 0) yield await this.receive();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
