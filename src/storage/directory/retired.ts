import { join } from 'node:path';
import { RETIREMENT } from '../../session/lifetime.ts';
import { readWhole, removeFile, statFile, type FileStamp } from '../files/disk.ts';
import { listFolder, listNow } from '../files/folders.ts';
import { isRecordName, type Layout } from './layout.ts';
import { writeInto } from './prepare.ts';
import { removeVersion } from '../files/replace-file.ts';

/** A name that is refused, or was. */
export interface Retirement {
  /** When it ends, in milliseconds since the epoch. */
  until: number;
  /** The version of its file. */
  stamp: FileStamp;
}

/**
 * Retires a name: a file of its own says so, beside the records, so that no process which stores a
 * record can replace it. It holds the time of its end and nothing of the session.
 */
export function retire(layout: Layout, name: string, until: number): void {
  writeInto(layout, layout.retired, name, Buffer.from(`${Math.ceil(until)}\n`));
}

/**
 * What stands of a retirement, if only its file, which counts: one that a power cut has emptied lasts
 * as long as any. `undefined` when there is none.
 */
export function readRetirement({ retired }: Layout, name: string): Retirement | undefined {
  const path = join(retired, name);
  const stats = statFile(path);
  if (!stats) return undefined;
  const text = stats.isFile() ? readText(path) : '';
  if (text === undefined) return undefined; // it was lifted in between
  const until = /^\d+\n$/.test(text) ? Number(text) : stats.mtimeMs + RETIREMENT;
  return { until, stamp: stats };
}

/** Lifts a retirement. */
export function liftRetirement({ retired }: Layout, name: string): void {
  removeFile(join(retired, name));
}

/** Removes a retirement that has ended, unless another one comes in its place. */
export function removeIfEnded(layout: Layout, name: string): void {
  const retirement = readRetirement(layout, name);
  if (!retirement || isInForce(retirement)) return;
  removeVersion(join(layout.retired, name), retirement.stamp, layout.staged);
}

/** The names that are, or were, retired. */
export function listRetired({ retired }: Layout): string[] {
  return listNow(retired).filter(isRecordName);
}

/** Tells which names are retired, for those who go through many: one that is not now costs nothing. */
export function createRetiredCheck(layout: Layout): (name: string) => boolean {
  const names = new Set(listRetired(layout));
  return (name) => {
    const retirement = names.has(name) && readRetirement(layout, name);
    return retirement ? isInForce(retirement) : false;
  };
}

/**
 * The names of all records of a directory that begin with a prefix and are not retired, each once.
 *
 * @param first names that are known to be there, but for the prefix; they come first
 */
export async function* listNames(
  layout: Layout,
  first: string[],
  prefix: string,
): AsyncGenerator<string, void> {
  const isWanted = createFilter(layout, prefix);
  yield* first.filter(isWanted);
  yield* listFolder(layout.directory, isWanted);
}

/** As `listNames`, before it returns. */
export function listNamesNow(layout: Layout, first: string[], prefix: string): string[] {
  return [...first, ...listNow(layout.directory)].filter(createFilter(layout, prefix));
}

/** Lets each name through once. */
function createFilter(layout: Layout, prefix: string): (name: string) => boolean {
  const isRetired = createRetiredCheck(layout);
  const seen = new Set<string>();
  return (name) => {
    const isWanted = isRecordName(name) && name.startsWith(prefix) && !seen.has(name);
    return isWanted && !isRetired(name) && Boolean(seen.add(name));
  };
}

/** Whether a retirement has not ended. */
export function isInForce({ until }: Retirement): boolean {
  return until > Date.now();
}

function readText(path: string): string | undefined {
  try {
    return readWhole(path)?.bytes.toString();
  } catch {
    return ''; // that it is there is enough
  }
}
