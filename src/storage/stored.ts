import { fromRecord, type StoredSession } from '../session/record.ts';
import { countSessions } from './count.ts';
import type { Envelope } from './entry.ts';
import { openStored, type StorageOptions } from './open.ts';

/**
 * Counts the live sessions of a directory, of all its namespaces, by the headers of at most `limit` files.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used
 */
export async function countStored(
  options: StorageOptions,
  limit: number,
): Promise<{ count: number; isMore: boolean }> {
  const files = openStored(options);
  if (!files) return { count: 0, isMore: false };
  const { directory } = options;
  return countSessions({ directory, fingerprint: files.fingerprint, limit });
}

/**
 * The live sessions of a directory, of all its namespaces, in no order, without loading all at once.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used
 */
export async function* listStored(options: StorageOptions): AsyncGenerator<StoredSession, void> {
  const files = openStored(options);
  if (!files) return;
  for await (const name of files.names('')) {
    const entry = files.read(name);
    const text = entry && !entry.isRetired ? (entry.value as Envelope).value : undefined;
    const record = typeof text === 'string' ? fromRecord(text) : undefined;
    if (entry && record) {
      const { created, data } = record;
      yield { id: entry.key, created, data, expires: entry.expires };
    }
  }
}
