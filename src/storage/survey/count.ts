import { join } from 'node:path';
import { statFile } from '../files/disk.ts';
import { listFolder } from '../files/folders.ts';
import { readFileHeader } from '../directory/file/header.ts';
import { openDirectoryKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';
import { isRecordName, toLayout, toNamespacePrefix } from '../directory/layout.ts';
import { isExpired } from '../directory/file/entry.ts';
import { createRetiredCheck } from '../directory/retired.ts';

/** Which sessions to count. */
interface CountOptions {
  directory: string;
  /** @default all that are there */
  namespaces?: string[];
  /** Only those sealed with this key can be read. */
  fingerprint: string;
  /** How many files are looked at before the answer is "more than". */
  limit: number;
}

/**
 * Counts live sessions by the headers of their files, without the key and without opening a store:
 * cheap enough for a start, because it looks at no more than `limit` files.
 */
export async function countSessions(
  options: CountOptions,
): Promise<{ count: number; isMore: boolean }> {
  const { directory, staged } = toLayout(options.directory);
  const prefixes = options.namespaces?.map(toNamespacePrefix) ?? [''];
  const isRetired = createRetiredCheck(toLayout(options.directory));
  const live = new Map<string, boolean>();
  let seen = 0;
  // Staged versions first: they are the newer ones, and one that is put in its place meanwhile is met there.
  for (const folder of [staged, directory]) {
    for await (const name of listFolder(folder)) {
      if (!isRecordName(name) || !prefixes.some((prefix) => name.startsWith(prefix))) continue;
      if (seen++ >= options.limit) return { count: countLive(live), isMore: true };
      if (live.has(name) || isRetired(name)) continue;
      const isRecordLive = isLive(join(folder, name), folder === staged, options.fingerprint);
      if (isRecordLive !== undefined) live.set(name, isRecordLive);
    }
  }
  return { count: countLive(live), isMore: false };
}

/**
 * Counts the live sessions of a directory, of all its namespaces.
 *
 * @param limit how many files are looked at
 * @throws Error, in one sentence, when the key of the directory cannot be used
 */
export async function countAllSessions(
  options: StorageOptions,
  limit: number,
): Promise<{ count: number; isMore: boolean }> {
  const { directory } = options;
  if (!statFile(directory)) return { count: 0, isMore: false }; // nothing was stored yet
  const { fingerprint } = openDirectoryKey(options);
  return countSessions({ directory, fingerprint, limit });
}

/** `undefined` when there is no record to ask. */
function isLive(path: string, isStaged: boolean, fingerprint: string): boolean | undefined {
  try {
    const header = readFileHeader(path, isStaged);
    if (!header) return undefined;
    const isOurs = header.fingerprint === fingerprint;
    return isOurs && !isExpired(header.expires);
  } catch {
    return undefined; // the store will say why it cannot be read
  }
}

function countLive(live: Map<string, boolean>): number {
  return [...live.values()].filter(Boolean).length;
}
