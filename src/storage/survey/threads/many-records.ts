import { readRecord, type Found, type Reading } from './record-work.ts';
import { RecordThreads } from './record-threads.ts';

/** How many records are one piece of work. */
const BATCH = 128;

/** Fewer records are worth no threads. */
const FEW = 4 * BATCH;

/** How many pieces may have been read, or be under way, before they are asked for. */
const AHEAD = 4;

/** Two open records while this thread looks at what is in them: that is as fast as it gets. */
const READERS = 2;

/** Removing waits for the disk: one file at a time is slow on one that discards what is freed. */
const REMOVERS = 4;

/** Records with their names, each read at the latest when its turn comes. */
export type Batch = Iterable<[name: string, found: Found]>;

/**
 * Reads records, a part at a time, in the order in which they are named. Of many, threads read some in
 * advance; long ones are read when they are asked for, so that few are in memory.
 */
export async function* readManyRecords(
  how: Reading,
  names: AsyncIterable<string>,
): AsyncGenerator<Batch, void> {
  const threads = new RecordThreads(READERS);
  const ahead: { names: string[]; found: Promise<Found[]> }[] = [];
  let count = 0;
  try {
    for await (const batch of toBatches(names)) {
      if (count < FEW) yield toBatch(how, batch);
      else {
        const found = threads.read({ ...how, names: batch });
        found.catch(() => {}); // nobody may ask for it any more; who does is told
        ahead.push({ names: batch, found });
      }
      count += batch.length;
      const next = ahead.length > AHEAD ? ahead.shift() : undefined;
      if (next) yield toBatch(how, next.names, await next.found);
    }
    for (const next of ahead) yield toBatch(how, next.names, await next.found);
  } finally {
    await threads.close();
  }
}

/**
 * Removes records of a directory, with all their versions. Many are removed by threads.
 *
 * @param holds whether this process holds a record itself; asked right before it would be removed
 * @param remove removes such a record; `false` when there was none
 * @param onProgress hears how many are done
 * @returns how many there were
 */
export async function removeManyRecords(
  directory: string,
  names: string[],
  holds: (name: string) => boolean,
  remove: (name: string) => boolean,
  onProgress: (done: number) => void,
): Promise<number> {
  const threads = new RecordThreads(names.length > FEW ? REMOVERS : 0);
  let [next, done, removed] = [0, 0, 0];
  const work = async (): Promise<void> => {
    while (next < names.length) {
      const batch = names.slice(next, next + BATCH);
      next += BATCH;
      const held = new Set(batch.filter(holds));
      const others = batch.filter((name) => !held.has(name));
      removed += [...held].filter(remove).length;
      const count = await threads.remove({ directory, names: others });
      removed += count;
      done += batch.length;
      onProgress(done);
      await new Promise(setImmediate); // the progress is shown, and requests are served
    }
  };
  try {
    await Promise.all(Array.from({ length: REMOVERS }, work));
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

function* toBatch(how: Reading, names: string[], known: Found[] = []): Generator<[string, Found]> {
  for (const [index, name] of names.entries()) {
    yield [name, index < known.length ? known[index] : readRecord(how, name)];
  }
}
