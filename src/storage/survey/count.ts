import { DAY } from '../../session/expiry/lifetime.ts';
import { holdsLogins, holdsMcpClients } from '../../session/logins.ts';
import { fromRecord } from '../../session/record.ts';
import type { SealKey } from '../../session/seal.ts';
import { findWho } from '../../session/who.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import { statFile } from '../files/disk.ts';
import { openDirectoryKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';
import { readDirectory } from './survey-directory.ts';

/** How many records are looked at before the answer is "at least". */
export const MAX_COUNTED = 500;

/** Which sessions to count. */
interface CountOptions {
  directory: string;
  /** @default all */
  namespaces?: string[];
  /** Namespaces to leave out. */
  except?: string[];
  /** Counts only sessions that were sealed with this key. */
  fingerprint: string;
  /** Opens the records, to tell logins from visitors. */
  reading?: { key: SealKey; who: string | undefined } | undefined;
  /** Counts only sessions that were last stored since one time and before another, in milliseconds since the epoch. */
  since?: number | undefined;
  before?: number | undefined;
}

/** How many sessions there are. */
export interface Count {
  count: number;
  /** Whether there may be more. */
  isMore: boolean;
  /** How many sessions name a user; `undefined` if they were not opened. */
  logins?: number | undefined;
}

/** Counts live sessions without opening a storage: cheap enough for each start. */
export async function countSessions(options: CountOptions): Promise<Count> {
  const { directory, namespaces, except = [], fingerprint, reading } = options;
  const { since = -Infinity, before = Infinity } = options;
  const key = reading?.key.fingerprint === fingerprint ? reading.key : undefined;
  const records = readDirectory({ directory, fingerprint, key, known: except, namespaces });
  let [looked, count, logins] = [0, 0, 0];
  for await (const record of records) {
    if (record.fault === undefined && record.namespace !== undefined) continue; // one of `except`
    if (looked++ >= MAX_COUNTED) return { count, isMore: true };
    if (record.fault !== undefined) continue;
    const { text, expires, stored = 0 } = record;
    if (expires !== 0 && expires <= Date.now()) continue;
    if (stored < since || stored >= before) continue;
    count++;
    const data = key && fromRecord(text)?.data;
    if (data && findWho(data, reading?.who) !== undefined) logins++;
  }
  return { count, isMore: false, ...(key && { logins }) };
}

/**
 * Counts the live sessions of a directory in all namespaces that hold logins.
 *
 * @throws Error, in one sentence, if the key of the directory cannot be used
 */
export async function countAllSessions(
  options: StorageOptions & { who?: string | undefined },
): Promise<Count> {
  const { directory, who } = options;
  if (!statFile(directory)) return { count: 0, isMore: false }; // nothing was stored yet
  const key = openDirectoryKey(options);
  const { fingerprint } = key;
  const except = listNamespaces(directory).filter((namespace) => !holdsLogins(namespace));
  return countSessions({ directory, fingerprint, except, reading: { key, who } });
}

/** Since when a counted MCP client was used: most clients end without a message. */
export function sinceYesterday(): number {
  return Date.now() - DAY;
}

/**
 * Counts the sessions of MCP clients of a directory that were used in the last 24 hours.
 *
 * @throws Error, in one sentence, if the key of the directory cannot be used
 */
export async function countAllClients(options: StorageOptions): Promise<Count> {
  const { directory } = options;
  const namespaces = listNamespaces(directory).filter(holdsMcpClients);
  if (namespaces.length === 0) return { count: 0, isMore: false };
  const { fingerprint } = openDirectoryKey(options);
  return countSessions({ directory, fingerprint, namespaces, since: sinceYesterday() });
}
