import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { readRecords, removeRecords, type Found, type Outcome } from './record-work.ts';

type ReadTask = Parameters<typeof readRecords>[0];
type RemoveTask = Parameters<typeof removeRecords>[0];

/** A piece of work for a thread. */
export type Order = { id: number } & (
  | { work: 'read'; task: ReadTask }
  | { work: 'remove'; task: RemoveTask }
);

/** What it has come to. */
export interface Answer {
  id: number;
  outcome: Outcome<unknown>;
}

/** A thread, and who waits for it. */
interface Thread {
  worker: Worker;
  waiting: Map<number, (outcome: Outcome<unknown> | undefined) => void>;
}

/**
 * Threads that work on records, started when there is work. Where threads cannot be had, the work is
 * done here. A process that has nothing else to do ends.
 */
export class RecordThreads {
  readonly #count: number;
  #threads: Thread[] | undefined;
  #orders = 0;

  /** @param count how many there are; with 0 the work is done here */
  constructor(count: number) {
    this.#count = count;
  }

  /** @throws Error with the code of the system, when a record cannot be read */
  async read(task: ReadTask): Promise<Found[]> {
    const outcome = await this.#send({ id: this.#orders++, work: 'read', task });
    return toResult((outcome as Outcome<Found[]> | undefined) ?? readRecords(task));
  }

  /** @throws Error with the code of the system, when a record cannot be removed */
  async remove(task: RemoveTask): Promise<number> {
    const outcome = await this.#send({ id: this.#orders++, work: 'remove', task });
    return toResult((outcome as Outcome<number> | undefined) ?? removeRecords(task));
  }

  /** Ends the threads; nobody hears of the work that they still had. */
  async close(): Promise<void> {
    const threads = this.#threads ?? [];
    this.#threads = [];
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  /** `undefined` when no thread has done it. */
  async #send(order: Order): Promise<Outcome<unknown> | undefined> {
    this.#threads ??= this.#start();
    const [first, ...others] = this.#threads;
    if (!first) return undefined;
    const idlest = others.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a), first);
    return new Promise((resolve) => {
      idlest.waiting.set(order.id, resolve);
      idlest.worker.ref();
      idlest.worker.postMessage(order);
    });
  }

  #start(): Thread[] {
    const url = this.#count > 0 ? findThread() : undefined;
    return url ? Array.from({ length: this.#count }, () => this.#startThread(url)) : [];
  }

  /** Without the flags, the environment and the hooks of the process: they are the app's. */
  #startThread(url: URL): Thread {
    const resourceLimits = { maxYoungGenerationSizeMb: 2 };
    const worker = new Worker(url, { execArgv: [], env: {}, resourceLimits });
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', ({ id, outcome }: Answer) => {
      thread.waiting.get(id)?.(outcome);
      thread.waiting.delete(id);
      if (thread.waiting.size === 0) worker.unref();
    });
    worker.on('error', () => this.#distrust());
    worker.on('exit', () => this.#distrust());
    return thread;
  }

  /** A thread could not do its work: what they all have is done here, and all that follows. */
  #distrust(): void {
    const threads = this.#threads ?? [];
    void this.close();
    for (const { waiting } of threads) for (const giveUp of waiting.values()) giveUp(undefined);
  }
}

/** What a thread runs; `undefined` where holdover was put into one file with the app. */
function findThread(): URL | undefined {
  try {
    const url = new URL('./record-thread.js', import.meta.url);
    return existsSync(url) ? url : undefined;
  } catch {
    return undefined; // CommonJS has no import.meta.url
  }
}

function toResult<T>(outcome: Outcome<T>): T {
  if ('done' in outcome) return outcome.done;
  const { message, code } = outcome;
  throw Object.assign(new Error(message), code !== undefined && { code });
}
