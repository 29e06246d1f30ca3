import { statFile } from '../files/disk.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import type { StorageOptions } from '../options.ts';
import { openRedis } from '../redis/open.ts';
import { surveyDirectory } from './survey-directory.ts';
import { surveyRedis } from './survey-redis.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

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
  throw new Error(
    'Sessions in memory are seen by their own process only. Name filesystem or redis.',
  );
}

/** The namespaces in which a project may have sessions. */
export async function surveyNamespaces(options: StorageOptions): Promise<string[]> {
  if (options.type === 'filesystem') {
    if (!statFile(options.directory)) return [];
    return [...new Set([...listNamespaces(options.directory), options.namespace])];
  }
  return openRedis(options).namespaces();
}
