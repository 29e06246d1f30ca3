import { RETIREMENT } from '../../session/lifetime.ts';
import { removeManyRecords } from './threads/many-records.ts';
import { openRedisParts } from '../redis/open.ts';
import { openStorage } from '../open.ts';
import type { StorageOptions } from '../options.ts';
import { openDirectory } from '../directory/open.ts';
import type { SealedFiles } from '../directory/sealed-files.ts';

/** A session that is to be removed. */
export interface Target {
  /** The name of its file, or its key in Redis. */
  place: string;
  /** Its id, when that is refused from then on: a request that is under way does not bring it back. */
  id?: string;
  namespace: string | undefined;
}

/** How many removals are one step, and how long one in Redis may take, in milliseconds. */
const AT_ONCE = 1000;
const TIMEOUT = 5000;

/**
 * Removes sessions that a survey has found.
 *
 * @param onlyExpired leaves what has been stored anew meanwhile; for directories
 * @param onProgress hears how many are done
 * @returns how many were there to be removed
 */
export async function removeSessions(
  options: StorageOptions,
  targets: Target[],
  onProgress: (done: number) => void = () => {},
  onlyExpired = false,
): Promise<number> {
  const byName = targets.filter(({ id, namespace }) => id === undefined || !namespace);
  const byId = targets.filter(({ id, namespace }) => id !== undefined && namespace);
  let removed = 0;
  for (const { id, namespace } of byId) {
    const storage = openStorage({ ...options, namespace: namespace as string });
    await storage.retire(id as string, RETIREMENT);
    onProgress(++removed);
  }
  const places = byName.map(({ place }) => place);
  const remove = options.type === 'redis' ? removeKeys : removeFiles;
  return (
    removed + (await remove(options, places, (done) => onProgress(removed + done), onlyExpired))
  );
}

async function removeFiles(
  options: StorageOptions,
  names: string[],
  onProgress: (done: number) => void,
  onlyExpired: boolean,
): Promise<number> {
  const { files } = openDirectory(options);
  const removed = onlyExpired
    ? await removeExpiredFiles(files, names, onProgress)
    : await removeManyRecords(
        options.directory,
        names,
        (name) => files.holds(name),
        (name) => files.remove(name),
        onProgress,
      );
  await files.settled();
  return removed;
}

/** In this thread: nothing that this process stores meanwhile comes between the look and the removal. */
async function removeExpiredFiles(
  files: SealedFiles,
  names: string[],
  onProgress: (done: number) => void,
): Promise<number> {
  let removed = 0;
  for (const [index, name] of names.entries()) {
    if (files.removeExpired(name)) removed++;
    if (index % AT_ONCE !== AT_ONCE - 1) continue;
    onProgress(index + 1);
    await new Promise(setImmediate); // the progress is shown
  }
  return removed;
}

async function removeKeys(
  options: StorageOptions,
  keys: string[],
  onProgress: (done: number) => void,
): Promise<number> {
  const { link } = openRedisParts(options);
  let removed = 0;
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    const part = keys.slice(start, start + AT_ONCE);
    const answers = await link.run(
      (client) => Promise.all(part.map((key) => client.send(key, ['UNLINK', key]))),
      TIMEOUT,
    );
    removed += answers.filter((answer) => answer === 1).length;
    onProgress(start + part.length);
  }
  return removed;
}
