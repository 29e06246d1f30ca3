import type { LogoutCause } from '../history/explain.ts';
import type { CareOptions } from './project.ts';

/** A request whose session was not there, or was of no use. */
export interface MissFacts {
  /** When it came, in milliseconds since the epoch. */
  at: number;
  cause: LogoutCause;
  /** One sentence, with the time and the cause. No id and no secret is in it. */
  sentence: string;
}

/**
 * The last requests that have missed their sessions, the newest first: 200 at most. Nothing is known of
 * production.
 *
 * @throws Error or TypeError, in one sentence, for an option that cannot be used
 */
export function listMisses(_options: CareOptions = {}): Promise<MissFacts[]> {
  throw new Error('Not there yet.');
}
