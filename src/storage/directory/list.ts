import { fromRecord, type StoredSession } from '../../session/record.ts';
import { statFile } from '../files/disk.ts';
import type { StorageOptions } from '../options.ts';
import { openDirectory } from './open.ts';

/**
 * The live sessions of a directory, of all its namespaces, in no order, without loading all at once.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used
 */
export async function* listSessions(options: StorageOptions): AsyncGenerator<StoredSession, void> {
  if (!statFile(options.directory)) return; // nothing was stored yet
  const { files } = openDirectory(options);
  for await (const name of files.names('')) {
    const entry = files.read(name);
    const record = entry && fromRecord(entry.text);
    if (entry && record) {
      const { created, data } = record;
      yield { id: entry.key, created, data, expires: entry.expires };
    }
  }
}
