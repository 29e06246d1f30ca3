import { join, sep } from 'node:path';
import { RETIREMENT } from '../../session/expiry/lifetime.ts';
import { readWhole, removeFile, statFile, type FileStamp } from '../files/disk.ts';
import { listNow } from '../files/folders.ts';
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
  const path = retired + sep + name; // as `join` would, on the path of every request
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
