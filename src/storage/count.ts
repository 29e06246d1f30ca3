import { join } from 'node:path';
import { statFile } from './disk.ts';
import { listFolder } from './folders.ts';
import { readFileHeader } from './header.ts';
import { openSealKey } from './key.ts';
import type { StorageOptions } from './open.ts';
import { isRecordName, toLayout, toNamespacePrefix } from './paths.ts';
import { isExpired } from './entry.ts';

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
  const live = new Set<string>();
  let seen = 0;
  for (const folder of [directory, staged]) {
    for await (const name of listFolder(folder)) {
      if (!isRecordName(name) || !prefixes.some((prefix) => name.startsWith(prefix))) continue;
      if (seen++ >= options.limit) return { count: live.size, isMore: true };
      // A staged version is the newer one, whatever it says.
      if (isLive(join(folder, name), folder === staged, options.fingerprint)) live.add(name);
      else live.delete(name);
    }
  }
  return { count: live.size, isMore: false };
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
  const { directory, stateDirectory, sealingSecret } = options;
  if (!statFile(directory)) return { count: 0, isMore: false }; // nothing was stored yet
  const { fingerprint } = openSealKey(directory, stateDirectory, sealingSecret);
  return countSessions({ directory, fingerprint, limit });
}

function isLive(path: string, isStaged: boolean, fingerprint: string): boolean {
  try {
    const header = readFileHeader(path, isStaged);
    if (!header || header.fingerprint !== fingerprint) return false;
    return !header.isRetired && !isExpired(header.expires);
  } catch {
    return false; // the store will say why it cannot be read
  }
}
