import { isExpired } from '../directory/file/record-file.ts';
import { headerOf, readRecordFile, timeOf } from '../directory/file/header.ts';
import { DAY } from '../../session/expiry/lifetime.ts';
import { holdsLogins, holdsMcpClients } from '../../session/logins.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import { toLayout, toNamespacePrefix } from '../directory/layout.ts';
import { readScanned, scan } from '../directory/scan.ts';
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
  /** How many files are looked at before the answer is "more than". */
  limit: number;
  /** Only those that were last stored since one time and before another, in milliseconds since the epoch. */
  since?: number | undefined;
  before?: number | undefined;
}

/** How many sessions there are, or of how many it is known that there are more. */
export interface Count {
  count: number;
  isMore: boolean;
}

/**
 * Counts live sessions by the headers of their files, without the key and without opening a store:
 * cheap enough for a start, because it looks at no more than `limit` files.
 */
export async function countSessions(options: CountOptions): Promise<Count> {
  const layout = toLayout(options.directory);
  const prefixes = options.namespaces?.map(toNamespacePrefix);
  const except = options.except?.map(toNamespacePrefix) ?? [];
  let [seen, count] = [0, 0];
  for await (const part of scan({ layout, prefixes })) {
    for (const scanned of part) {
      if (except.some((prefix) => scanned.name.startsWith(prefix))) continue;
      if (seen++ >= options.limit) return { count, isMore: true };
      const found = readScanned(layout, scanned, tryToLook);
      if (found?.fingerprint !== options.fingerprint || isExpired(found.expires)) continue;
      const { since = -Infinity, before = Infinity } = options;
      if (found.stored >= since && found.stored < before) count++;
    }
  }
  return { count, isMore: false };
}

/**
 * Counts the live sessions of a directory, of all its namespaces that hold logins.
 *
 * @param limit how many files are looked at
 * @throws Error, in one sentence, when the key of the directory cannot be used
 */
export async function countAllSessions(options: StorageOptions, limit: number): Promise<Count> {
  const { directory } = options;
  if (!statFile(directory)) return { count: 0, isMore: false }; // nothing was stored yet
  const { fingerprint } = openDirectoryKey(options);
  const except = listNamespaces(directory).filter((namespace) => !holdsLogins(namespace));
  return countSessions({ directory, fingerprint, limit, except });
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
}

function tryToLook(path: string, isStaged: boolean): Seen | undefined {
  try {
    const bytes = readRecordFile(path, isStaged, true);
    const header = Buffer.isBuffer(bytes) ? headerOf(bytes) : undefined;
    if (typeof header !== 'object') return undefined;
    return { ...header, stored: timeOf(bytes as Buffer) ?? 0 };
  } catch {
    return undefined; // the store will say why it cannot be read
  }
}
