import { isExpired } from '../directory/file/record-file.ts';
import { readFileHeader } from '../directory/file/header.ts';
import { holdsLogins } from '../../session/logins.ts';
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
}

/** How many sessions there are, or of how many it is known that there are more. */
interface Count {
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
      const header = readScanned(layout, scanned, tryToReadHeader);
      const isOurs = typeof header === 'object' && header.fingerprint === options.fingerprint;
      if (isOurs && !isExpired(header.expires)) count++;
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

function tryToReadHeader(path: string, isStaged: boolean): ReturnType<typeof readFileHeader> {
  try {
    return readFileHeader(path, isStaged);
  } catch {
    return undefined; // the store will say why it cannot be read
  }
}
