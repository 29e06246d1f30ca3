import { defer } from '../../session/timers.ts';
import { eachName, listNow } from '../files/folders.ts';
import { readFileHeader } from './file/header.ts';
import { toPlace, toStaged } from './file/versions.ts';
import { isRecordName, type Layout } from './layout.ts';
import { createRetiredCheck } from './retired.ts';

/** How many records are one part. Between two of them others have a turn, such as requests. */
const PART = 128;

/** How many records are looked at to find one that was sealed with another key. */
const SAMPLE = 8;

/** Which records of a directory are gone through. */
export interface ScanOptions {
  layout: Layout;
  /** With one of these their names begin; @default all. */
  prefixes?: string[] | undefined;
  /** Names that may have no file yet. */
  also?: Iterable<string>;
}

/** A record that a scan has met. */
export interface Scanned {
  name: string;
  /** Whether its newest version is on its way to its place, and may be there by now. */
  isStaged: boolean;
}

/**
 * Goes through the records of a directory that are not retired, in no order, each once. Everything that
 * looks at all records looks at them by this.
 */
export function* scanNow({ layout, prefixes = [''], also = [] }: ScanOptions): Generator<Scanned> {
  const isRetired = createRetiredCheck(layout);
  const seen = new Set<string>();
  const isWanted = (name: string): boolean =>
    isRecordName(name) &&
    prefixes.some((prefix) => name.startsWith(prefix)) &&
    !seen.has(name) &&
    !isRetired(name);
  for (const name of [...listNow(layout.staged), ...also]) {
    if (!isWanted(name)) continue;
    seen.add(name);
    yield { name, isStaged: true };
  }
  for (const name of eachName(layout.directory)) {
    if (isWanted(name)) yield { name, isStaged: false };
  }
}

/** As `scanNow`, a part at a time, and never without a turn for others. */
export async function* scan(options: ScanOptions): AsyncGenerator<Scanned[], void> {
  let part: Scanned[] = [];
  for (const scanned of scanNow(options)) {
    part.push(scanned);
    if (part.length < PART) continue;
    await new Promise(defer);
    yield part;
    part = [];
  }
  await new Promise(defer);
  yield part;
}

/** Reads a record that a scan has met; one that was put in its place meanwhile is read there. */
export function readScanned<T>(
  layout: Layout,
  { name, isStaged }: Scanned,
  read: (path: string, isStaged: boolean) => T | undefined,
): T | undefined {
  const found = isStaged ? read(toStaged(layout, name), true) : undefined;
  return found === undefined ? read(toPlace(layout, name), false) : found;
}

/** Whether one of the first records of a directory was sealed with another key than this one. */
export function hasForeign(layout: Layout, fingerprint: string): boolean {
  let seen = 0;
  for (const scanned of scanNow({ layout })) {
    if (seen++ === SAMPLE) return false;
    const header = readScanned(layout, scanned, readFileHeader);
    if (typeof header === 'object' && header.fingerprint !== fingerprint) return true;
  }
  return false;
}
