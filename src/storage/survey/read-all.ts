import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { toOwnUrl } from '../own-files.ts';
import type { Scanned } from '../directory/scan.ts';
import { readPart, type Reading, type ReadPart } from './read-part.ts';

/** From how many records on a thread of their own reads them: it takes as long to start as to read some 1,000. */
const MANY = 5000;

/** How many parts the thread has before it at most; what it has no time for is read here. */
const MOST_PARTS = 4;

/**
 * Reads all records that a scan meets, a part at a time, in no order. Where there are many, a thread reads as
 * much as it can, while what it has read is looked at here.
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
      if (seen > MANY) thread ??= new ReadingThread(reading);
      if (thread && thread.waiting < MOST_PARTS) thread.send(part);
      else yield readPart(reading, part);
      if (thread) yield* thread.take();
    }
    if (thread) yield* thread.takeAll();
  } finally {
    await thread?.end();
  }
}

class ReadingThread {
  /** How many parts it has not given back. */
  waiting = 0;
  readonly #worker: Worker;
  readonly #read: ReadPart[] = [];
  #error: Error | undefined;

  constructor(reading: Reading) {
    const url = toOwnUrl('standalone/reading-thread.js');
    this.#worker = new Worker(url, { workerData: reading, execArgv: [] })
      .on('message', (part: ReadPart) => {
        this.waiting--;
        this.#read.push(part);
      })
      .once('error', (error: Error) => (this.#error = error))
      .once('exit', () => (this.#error ??= new Error('The thread that reads sessions has ended.')));
  }

  send(part: Scanned[]): void {
    this.waiting++;
    this.#worker.postMessage(part);
  }

  /** What it has read by now. @throws Error that has ended it */
  *take(): Generator<ReadPart, void> {
    if (this.#error) throw this.#error;
    yield* this.#read.splice(0);
  }

  async *takeAll(): AsyncGenerator<ReadPart, void> {
    while (this.waiting > 0 && !this.#error) {
      await Promise.race([once(this.#worker, 'message'), once(this.#worker, 'exit')]);
      yield* this.take();
    }
    yield* this.take();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
