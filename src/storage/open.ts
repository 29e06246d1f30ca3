import type { SessionStorage } from '../session/storage.ts';
import { DirectoryStorage } from './directory/storage.ts';
import { openMemory } from './memory.ts';
import { rememberNamespace } from './directory/namespaces.ts';
import type { StorageOptions } from './options.ts';
import { openRedis } from './redis/open.ts';
import { openDirectory } from './directory/open.ts';

/**
 * Opens the storage that the options name.
 *
 * @throws Error, in one sentence, when the directory or its key cannot be used, or Redis is asked for
 * and it is not known where that is
 */
export function openStorage(options: StorageOptions): SessionStorage {
  if (options.type === 'redis') return openRedis(options);
  if (options.type === 'memory') return openMemory(options.namespace);
  const { files } = openDirectory(options);
  rememberNamespace(options.directory, options.namespace);
  return new DirectoryStorage(files, options.namespace);
}
