import type { Eventually } from '../../session/eventually.ts';
import { RETIREMENT } from '../../session/expiry/lifetime.ts';
import { openRedisParts } from '../redis/open.ts';
import { openStorage } from '../open.ts';
import type { StorageOptions } from '../options.ts';
import { openDirectory } from '../directory/open.ts';

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
  const removed = await inParts(names, onProgress, (part) =>
    part.map((name) => (onlyExpired ? files.removeExpired(name) : files.removeSoon(name))),
  );
  await files.settled();
  return removed;
}

async function removeKeys(
  options: StorageOptions,
  keys: string[],
  onProgress: (done: number) => void,
): Promise<number> {
  const { link } = openRedisParts(options);
  return inParts(keys, onProgress, (part) =>
    link.run(
      (client) =>
        Promise.all(part.map(async (key) => (await client.send(key, ['UNLINK', key])) === 1)),
      TIMEOUT,
    ),
  );
}

/** @param remove tells of each place whether something was there */
async function inParts(
  places: string[],
  onProgress: (done: number) => void,
  remove: (part: string[]) => Eventually<boolean>[] | Promise<boolean[]>,
): Promise<number> {
  let removed = 0;
  for (let start = 0; start < places.length; start += AT_ONCE) {
    const part = places.slice(start, start + AT_ONCE);
    const outcomes = await Promise.all(await remove(part));
    removed += outcomes.filter(Boolean).length;
    onProgress(start + part.length);
    await new Promise(setImmediate); // the progress is shown, and requests are served
  }
  return removed;
}
