import { isExpired, toEntry } from '../directory/file/record-file.ts';
import { headerOf, readRecordFile, timeOf } from '../directory/file/header.ts';
import { DAY } from '../../session/expiry/lifetime.ts';
import { fromRecord } from '../../session/record.ts';
import type { SealKey } from '../../session/seal.ts';
import { findWho } from '../../session/who.ts';
import { holdsLogins, holdsMcpClients } from '../../session/logins.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import { toLayout, toNamespacePrefix } from '../directory/layout.ts';
import { readScanned, scan, type Scanned } from '../directory/scan.ts';
import { statFile } from '../files/disk.ts';
import { openDirectoryKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';

/** Which sessions to count. */
interface CountOptions {
  directory: string;
  /** @default all that are there */
  namespaces?: string[];
  /** Those that are left out. */
  except?: string[];
  /** Only those sealed with this key can be read. */
  fingerprint: string;
  /** Tells logins from visitors. */
  reading?: Reading | undefined;
  /** How many files are looked at before the answer is "more than". */
  limit: number;
  /** Only those that were last stored since one time and before another, in milliseconds since the epoch. */
  since?: number | undefined;
  before?: number | undefined;
}

/** How sessions are opened that are counted, to see whether they name a user. */
export interface Reading {
  key: SealKey;
  /** Where a session names its user; @default the places that apps use */
  who: string | undefined;
}

/** How many sessions there are, or of how many it is known that there are more. */
export interface Count {
  count: number;
  isMore: boolean;
  /** How many of them name a user; `undefined` where not all of them were opened. */
  logins?: number | undefined;
}

/** From how many files on headers are enough: to open a record takes ten times as long. */
const MOST_OPENED = 500;

/**
 * Counts live sessions by the headers of their files, without opening a store: cheap enough for a start,
 * because it looks at no more than `limit` files. With a key it opens up to 500 of them and counts logins, too.
 */
export async function countSessions(options: CountOptions): Promise<Count> {
  const { limit, fingerprint, reading, since = -Infinity, before = Infinity } = options;
  const isOurs = reading?.key.fingerprint === fingerprint;
  const layout = toLayout(options.directory);
  const prefixes = options.namespaces?.map(toNamespacePrefix);
  const except = options.except?.map(toNamespacePrefix) ?? [];
  let [seen, count, logins] = [0, 0, 0];
  for await (const part of scan({ layout, prefixes })) {
    for (const scanned of part) {
      if (except.some((prefix) => scanned.name.startsWith(prefix))) continue;
      if (seen++ >= limit) return { count, isMore: true };
      const toOpen = isOurs && seen <= MOST_OPENED ? reading : undefined;
      const found = readScanned(layout, scanned, (path, isStaged) =>
        tryToLook(path, { name: scanned.name, isStaged }, toOpen),
      );
      if (found?.fingerprint !== fingerprint || isExpired(found.expires)) continue;
      if (found.stored < since || found.stored >= before) continue;
      count++;
      if (found.isLogin) logins++;
    }
  }
  const areTold = isOurs && seen <= MOST_OPENED;
  return { count, isMore: false, ...(areTold && { logins }) };
}

/**
 * Counts the live sessions of a directory, of all its namespaces that hold logins.
 *
 * @param limit how many files are looked at
 * @throws Error, in one sentence, when the key of the directory cannot be used
 */
export async function countAllSessions(
  options: StorageOptions & { who?: string | undefined },
  limit: number,
): Promise<Count> {
  const { directory, who } = options;
  if (!statFile(directory)) return { count: 0, isMore: false }; // nothing was stored yet
  const key = openDirectoryKey(options);
  const { fingerprint } = key;
  const except = listNamespaces(directory).filter((namespace) => !holdsLogins(namespace));
  return countSessions({ directory, fingerprint, limit, except, reading: { key, who } });
}

/** Since when a client of MCP was used that is counted: most leave without a word. */
export function sinceYesterday(): number {
  return Date.now() - DAY;
}

/**
 * Counts the sessions of MCP clients of a directory that were used in the last 24 hours; no file is looked at
 * where there was never one.
 *
 * @param limit how many files are looked at
 * @throws Error, in one sentence, when the key of the directory cannot be used
 */
export async function countAllClients(options: StorageOptions, limit: number): Promise<Count> {
  const { directory } = options;
  const namespaces = listNamespaces(directory).filter(holdsMcpClients);
  if (namespaces.length === 0) return { count: 0, isMore: false };
  const { fingerprint } = openDirectoryKey(options);
  const since = sinceYesterday();
  return countSessions({ directory, fingerprint, limit, namespaces, since });
}

/** What the header of a file says. */
interface Seen {
  fingerprint: string;
  expires: number;
  stored: number;
  isLogin: boolean;
}

/** @param reading opens the record, too */
function tryToLook(path: string, scanned: Scanned, reading: Reading | undefined): Seen | undefined {
  try {
    const bytes = readRecordFile(path, scanned.isStaged, !reading);
    const header = Buffer.isBuffer(bytes) ? headerOf(bytes) : undefined;
    if (typeof header !== 'object') return undefined;
    const stored = timeOf(bytes as Buffer) ?? 0;
    return { ...header, stored, isLogin: isLogin(bytes as Buffer, scanned, reading) };
  } catch {
    return undefined; // the store will say why it cannot be read
  }
}

/** Whether a record names a user. */
function isLogin(
  bytes: Buffer,
  { name, isStaged }: Scanned,
  reading: Reading | undefined,
): boolean {
  const entry = reading && toEntry(reading.key, name, bytes, isStaged);
  const record = typeof entry === 'object' ? fromRecord(entry.text) : undefined;
  return record !== undefined && findWho(record.data, reading?.who) !== undefined;
}
