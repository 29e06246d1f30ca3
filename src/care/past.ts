import type { CareOptions } from './project.ts';

/** Something that has happened to a session. */
export interface SessionEvent {
  /** Milliseconds since the epoch. */
  at: number;
  /** One plain sentence, without the time. No id and no secret is in it. */
  sentence: string;
}

/**
 * What is known of the past of one session, live or not: when it was stored and touched, what has ended it,
 * and requests that have missed it; the oldest first. Nothing is known of production.
 *
 * @param id all of it
 * @throws Error or TypeError, in one sentence, for an option that cannot be used
 */
export function listSessionEvents(
  _id: string,
  _options: CareOptions = {},
): Promise<SessionEvent[]> {
  throw new Error('Not there yet.');
}
