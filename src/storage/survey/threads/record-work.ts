import { closeSync, readSync } from 'node:fs';
import { sep } from 'node:path';
import { HEADER_LENGTH, readHeader, type SealFault, type SealKey } from '../../../session/seal.ts';
import { codeOf, isNotPermitted, openExisting, READ, readWhole } from '../../files/disk.ts';
import { isExpired } from '../../directory/file/entry.ts';
import { toLayout } from '../../directory/layout.ts';
import { toEntry } from '../../directory/file/record-file.ts';
import { FIRST_SEALED_OFFSET, fromFile } from '../../directory/file/slots.ts';
import { removeVersions } from '../../directory/file/versions.ts';

/*
 * Work on many records of a directory, done in this thread or in others: data in, data out.
 */

/** How records are read. */
export interface Reading {
  folder: string;
  /** Whether the folder is the one for staged versions. */
  isStaged: boolean;
  /** Whether headers are enough: without ids and texts. */
  isLight: boolean;
  key: SealKey;
}

/** What a file says. Arrays are cheaper to send than objects. */
type Row = [id: string, text: string, expires: number, stored: number | undefined, size: number];

/** `undefined` when the file has gone, `null` when there is no session in it, or why it does not open. */
export type Found = Row | SealFault | 'not permitted' | null | undefined;

/** How much of a file holds the header of a record in its place. */
const HEAD = FIRST_SEALED_OFFSET + HEADER_LENGTH;

const buffer = Buffer.alloc(64 * 1024);

/** How much is read as one piece of work, in bytes: long records are left to who wants them. */
const MOST = 1024 * 1024;

/** What a piece of work has come to; a thread can send no error with its code. */
export type Outcome<T> = { done: T } | { message: string; code: string | undefined };

/** Reads records one after the other, until there is much of them. */
export function readRecords({ names, ...how }: Reading & { names: string[] }): Outcome<Found[]> {
  return attempt(() => {
    const found: Found[] = [];
    let size = 0;
    for (const name of names) {
      const record = readRecord(how, name);
      found.push(record);
      if (Array.isArray(record)) size += record[4];
      if (size > MOST) break;
    }
    return found;
  });
}

/** Reads a record. Nothing is put in its place, set aside or removed. */
export function readRecord({ folder, isStaged, isLight, key }: Reading, name: string): Found {
  try {
    const path = folder + sep + name;
    const bytes = isLight && !isStaged ? readStart(path, HEAD) : readAll(path);
    if (!bytes) return undefined;
    return isLight ? toLight(key, bytes) : toFull(key, name, bytes, isStaged);
  } catch (error) {
    if (isNotPermitted(error)) return 'not permitted';
    throw error;
  }
}

/** Most records fit; one that does not is read anew. */
function readAll(path: string): Buffer | undefined {
  const bytes = readStart(path, buffer.length);
  return bytes?.length === buffer.length ? readWhole(path)?.bytes : bytes;
}

/** The first bytes of a file, until the next call. Cheaper than `readWhole`, which asks for the size. */
function readStart(path: string, length: number): Buffer | undefined {
  const fd = openExisting(path, READ);
  if (fd === undefined) return undefined;
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}

function toFull(key: SealKey, name: string, bytes: Buffer, isStaged: boolean): Found {
  const entry = toEntry(key, name, bytes, isStaged);
  if (entry === 'wrong key' && typeof toLight(key, bytes) === 'object') return null; // it is over
  if (typeof entry === 'string') return entry;
  return [entry.key, entry.text, entry.expires, toTime(fromFile(bytes)), bytes.length];
}

/** Records of another key that have expired are to be removed, as well. */
function toLight(key: SealKey, bytes: Buffer): Found {
  const slots = fromFile(bytes);
  if (slots === 'not a session record') return slots;
  const sealed = typeof slots === 'object' ? slots[0]?.sealed : undefined;
  const header = readHeader(sealed?.length ? sealed : bytes.subarray(FIRST_SEALED_OFFSET));
  if (typeof header === 'string') return header;
  const isOurs = header.fingerprint === key.fingerprint;
  if (!isOurs && !isExpired(header.expires)) return 'wrong key';
  return ['', '', header.expires, toTime(slots), bytes.length];
}

/** Versions are numbered by the time of their writing, in microseconds. */
function toTime(slots: ReturnType<typeof fromFile>): number | undefined {
  const version = typeof slots === 'object' ? slots[0]?.version : undefined;
  return version === undefined ? undefined : Math.floor(version / 1000);
}

/** Removes records of a directory, with all their versions; tells how many there were. */
export function removeRecords(work: { directory: string; names: string[] }): Outcome<number> {
  const layout = toLayout(work.directory);
  return attempt(() => work.names.filter((name) => removeVersions(layout, name)).length);
}

function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { done: work() };
  } catch (error) {
    return { message: (error as Error).message, code: codeOf(error) };
  }
}
