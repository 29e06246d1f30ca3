import type { LogoutCause } from '../history/explain.ts';
import { History } from '../history/history.ts';
import { explainMisses } from '../history/latest.ts';
import { resolveProject, type CareOptions } from './project.ts';

/** A request that has brought a cookie, and whose session was not there or was of no use. */
export interface MissFacts {
  /** When it came, in milliseconds since the epoch. */
  at: number;
  cause: LogoutCause;
  /** One sentence, with the time and the cause. No id and no secret is in it. */
  sentence: string;
}

/** How many misses are told of. */
const MOST = 200;

/**
 * The last requests that have missed their sessions, the newest first: 200 at most, each with what was known
 * at its time. Nothing is known of production.
 *
 * @throws Error or TypeError, in one sentence, for an option that cannot be used
 */
export async function listMisses(options: CareOptions = {}): Promise<MissFacts[]> {
  return explainMisses(new History(resolveProject(options)).read(), MOST);
}
