import { existsSync } from 'node:fs';
import type { Tinypool } from 'tinypool';
import {
  readRecords,
  removeRecords,
  type Found,
  type ReadTask,
  type RemoveTask,
} from './record-work.ts';

/** How many records are one piece of work. */
const BATCH = 128;

/** Fewer records are worth no threads. */
const FEW = 4 * BATCH;

/** How many pieces may have been read, or be under way, before they are asked for. */
const AHEAD = 4;

/** Opens records while this thread looks at what is in them. */
const READERS = 2;

/** What threads load. It is not there when an app bundles holdover: then they are not used. */
const WORK = new URL('./record-work.js', import.meta.url);

/** Removing waits for the disk, not for a processor: a file at a time is slow on one that discards. */
const REMOVERS = 4;

/**
 * Reads records, a part at a time, in the order of their names. Many are read by a thread, some in
 * advance.
 */
export async function* readManyRecords(
  how: Omit<ReadTask, 'names'>,
  names: AsyncIterable<string>,
): AsyncGenerator<{ names: string[]; found: Found[] }, void> {
  const threads = new RecordThreads(READERS);
  const ahead: { names: string[]; found: Promise<Found[]> }[] = [];
  let count = 0;
  try {
    for await (const batch of toBatches(names)) {
      const task = { ...how, names: batch };
      if (count < FEW || !existsSync(WORK)) yield { names: batch, found: readRecords(task) };
      else ahead.push({ names: batch, found: threads.run('readRecords', task) });
      count += batch.length;
      const next = ahead.length > AHEAD ? ahead.shift() : undefined;
      if (next) yield { ...next, found: await next.found };
    }
    for (const next of ahead) yield { ...next, found: await next.found };
  } finally {
    await threads.close();
  }
}

/**
 * Removes records. Many are removed by threads.
 *
 * @param onProgress hears how many were looked at
 * @returns how many are gone by it
 */
export async function removeManyRecords(
  { names, ...how }: RemoveTask,
  onProgress: (done: number) => void,
): Promise<number> {
  const threads = new RecordThreads(REMOVERS);
  let [done, removed] = [0, 0];
  const remove = async (task: RemoveTask): Promise<void> => {
    const isHere = names.length <= FEW || !existsSync(WORK);
    const count = isHere ? removeRecords(task) : await threads.run('removeRecords', task);
    removed += count;
    done += task.names.length;
    onProgress(done);
  };
  try {
    const starts = Array.from({ length: Math.ceil(names.length / BATCH) }, (_, at) => at * BATCH);
    await Promise.all(
      starts.map((start) => remove({ ...how, names: names.slice(start, start + BATCH) })),
    );
  } finally {
    await threads.close();
  }
  return removed;
}

async function* toBatches(names: AsyncIterable<string>): AsyncGenerator<string[], void> {
  let batch: string[] = [];
  for await (const name of names) {
    batch.push(name);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Threads that work on records, started when there is work. */
class RecordThreads {
  readonly #count: number;
  #pool: Promise<Tinypool> | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  run(name: 'readRecords', task: ReadTask): Promise<Found[]>;
  run(name: 'removeRecords', task: RemoveTask): Promise<number>;
  run(name: string, task: object): Promise<unknown> {
    this.#pool ??= this.#open();
    const result = this.#pool.then((pool) => pool.run(task, { name }));
    result.catch(() => {}); // nobody may ask for it any more; who does is told
    return result;
  }

  async close(): Promise<void> {
    await (await this.#pool)?.destroy();
  }

  /** Without the flags and the hooks of the process: they are the app's. */
  async #open(): Promise<Tinypool> {
    const { Tinypool } = await import('tinypool');
    return new Tinypool({
      filename: WORK.href,
      minThreads: this.#count,
      maxThreads: this.#count,
      execArgv: [],
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
  }
}
