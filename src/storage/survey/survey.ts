import type { Eventually } from '../../session/eventually.ts';
import { RETIREMENT } from '../../session/expiry/lifetime.ts';
import { defer } from '../../session/timers.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import { statFile } from '../files/disk.ts';
import { openStorage } from '../open.ts';
import type { StorageOptions } from '../options.ts';
import { openRedis } from '../redis/open.ts';
import { findInDirectory, openRemoval, surveyDirectory } from './survey-directory.ts';
import { findInRedis, removeKeys, surveyRedis } from './survey-redis.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

const IN_MEMORY =
  'Sessions in memory are seen by their own process only. Name filesystem or redis.';

/** How many records are removed before requests of this process have a turn. */
const BATCH_SIZE = 1000;

/**
 * Reads the sessions of a project, of all its namespaces, in no order, one after the other. It changes nothing. In
 * Redis, which others use too, it reads only records that were stored with a key of the project.
 *
 * @throws Error, in one sentence, if the directory or Redis cannot be read
 */
export function surveySessions(
  options: StorageOptions,
  survey: SurveyOptions = {},
): AsyncGenerator<SurveyedRecord, void> {
  if (options.type === 'filesystem') return surveyDirectory(options, survey);
  if (options.type === 'redis') return surveyRedis(options, survey);
  throw new Error(IN_MEMORY);
}

/**
 * Reads the records with one id, one for each namespace that has it.
 *
 * @param namespaces where to look; @default all of the project, which takes a scan of all keys in Redis
 * @throws Error, in one sentence, if the directory or Redis cannot be read
 */
export async function surveyId(
  options: StorageOptions,
  id: string,
  namespaces?: string[],
): Promise<SurveyedRecord[]> {
  if (options.type === 'memory') throw new Error(IN_MEMORY);
  const find = options.type === 'redis' ? findInRedis : findInDirectory;
  const wanted = namespaces ?? (await surveyNamespaces(options));
  const found = await Promise.all(wanted.map((namespace) => find(options, namespace, id)));
  return found.filter((record) => record !== undefined);
}

/** Returns the namespaces in which a project may have sessions. */
export async function surveyNamespaces(options: StorageOptions): Promise<string[]> {
  if (options.type === 'filesystem') {
    if (!statFile(options.directory)) return [];
    return [...new Set([...listNamespaces(options.directory), options.namespace])];
  }
  return openRedis(options).namespaces();
}

/** A record to remove. */
export interface RemovalTarget {
  /** The name of its file, or its key in Redis. */
  name: string;
  namespace: string | undefined;
  /** With an id, the record is retired: a request in flight does not store it again. */
  id?: string;
}

/**
 * Removes records that a survey has found.
 *
 * @param onlyExpired keeps records that were stored again meanwhile; for directories
 * @returns how many records it has removed
 */
export async function removeSessions(
  options: StorageOptions,
  targets: RemovalTarget[],
  onlyExpired = false,
): Promise<number> {
  const names: string[] = [];
  let removed = 0;
  for (const { name, namespace, id } of targets) {
    if (id === undefined || !namespace) names.push(name);
    else {
      await openStorage({ ...options, namespace }).retire(id, RETIREMENT);
      removed++;
    }
  }
  if (names.length === 0) return removed;
  const isRedis = options.type === 'redis';
  const files = isRedis ? undefined : openRemoval(options, onlyExpired);
  for (let start = 0; start < names.length; start += BATCH_SIZE) {
    const batch = names.slice(start, start + BATCH_SIZE);
    const outcomes: Eventually<boolean>[] = files
      ? batch.map((name) => files.remove(name))
      : await removeKeys(options, batch);
    removed += (await Promise.all(outcomes)).filter(Boolean).length;
    await new Promise(defer);
  }
  await files?.settled();
  return removed;
}
