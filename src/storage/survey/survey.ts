import type { SealFault } from '../../session/seal.ts';
import { statFile } from '../files/disk.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import type { StorageOptions } from '../open.ts';
import { surveyDirectory } from './survey-directory.ts';

/** One session as it lies in its medium. */
export interface SurveyedRecord {
  /** The session id; empty when only headers were read. */
  id: string;
  /** `undefined` for a namespace that nobody knows the name of any more. */
  namespace: string | undefined;
  /** What is stored; empty when only headers were read. */
  text: string;
  /** Milliseconds since the epoch; in a directory also one that is over. */
  expires: number;
  /** When it was last written or touched, where the medium knows: milliseconds since the epoch. */
  stored: number | undefined;
  /** Bytes of its file, or of Redis' memory; not told when only headers were read. */
  size: number;
  /** What it takes on the disk, which gives space in blocks of 4 KiB; in Redis the same as `size`. */
  occupied: number;
  /** The name of its file, or its key in Redis. */
  place: string;
}

/** Which records are wanted, and how much of them. */
export interface SurveyOptions {
  /** @default all that this project has */
  namespaces?: string[] | undefined;
  /** Whether headers are enough: without ids and texts. */
  isLight?: boolean;
  /** Hears of each record that does not open. Nothing is done to it. */
  onFault?: (fault: SealFault | 'not permitted', place: string) => void;
}

/**
 * Looks at the sessions of a project, of all its namespaces, in no order, without loading all at once
 * and without changing anything. In Redis, which others use too, the project's own are those that
 * were stored with one of its keys.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export async function* surveySessions(
  options: StorageOptions,
  survey: SurveyOptions = {},
): AsyncGenerator<SurveyedRecord, void> {
  if (options.type === 'filesystem') yield* surveyDirectory(options, survey);
  else if (options.type === 'redis') {
    const { surveyRedis } = await import('./survey-redis.ts');
    yield* surveyRedis(options, survey);
  } else {
    throw new Error(
      'Sessions in memory are seen by their own process only. Name filesystem or redis.',
    );
  }
}

/** The namespaces in which a project may have sessions. */
export async function surveyNamespaces(options: StorageOptions): Promise<string[]> {
  if (options.type === 'filesystem') {
    if (!statFile(options.directory)) return [];
    return [...new Set([...listNamespaces(options.directory), options.namespace])];
  }
  const { openRedis } = await import('../redis/open.ts');
  return openRedis(options).namespaces();
}
