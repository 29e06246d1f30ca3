import { statFile } from '../files/disk.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import type { StorageOptions } from '../options.ts';
import { openRedis } from '../redis/open.ts';
import { findInDirectory, surveyDirectory } from './survey-directory.ts';
import { findInRedis, surveyRedis } from './survey-redis.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

const IN_MEMORY =
  'Sessions in memory are seen by their own process only. Name filesystem or redis.';

/**
 * Looks at the sessions of a project, of all its namespaces, in no order, without loading all at once
 * and without changing anything. In Redis, which others use too, the project's own are those that
 * were stored with one of its keys.
 *
 * @throws Error, in one sentence, when the place cannot be read
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
 * As `surveySessions`, what is under one id alone, in each namespace that has something there.
 *
 * @param namespaces those that are looked into; @default all that the project has, which takes a look at
 * every key in Redis
 * @throws Error, in one sentence, when the place cannot be read
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

/** The namespaces in which a project may have sessions. */
export async function surveyNamespaces(options: StorageOptions): Promise<string[]> {
  if (options.type === 'filesystem') {
    if (!statFile(options.directory)) return [];
    return [...new Set([...listNamespaces(options.directory), options.namespace])];
  }
  return openRedis(options).namespaces();
}
