import { History } from '../history/history.ts';
import { tellEvents, type SessionEvent } from '../history/tell.ts';
import { resolveProject, type CareOptions } from './project.ts';
import { readResolved } from './read-session.ts';

/** Within how many milliseconds it is first noted that a session was stored. */
const AT_ONCE = 1000;

/**
 * What is known of the past of one session, live or not: when it was created, stored and touched, what has
 * changed and ended it, and which requests have missed it; the oldest first. Of production nothing is known
 * but when a live one was created.
 *
 * @param id all of it
 * @throws Error or TypeError, in one sentence, for an option that cannot be used, for an id that several
 * namespaces have, and when the place cannot be read
 */
export async function listSessionEvents(
  id: string,
  options: CareOptions = {},
): Promise<SessionEvent[]> {
  const resolved = resolveProject(options);
  const session = await readResolved(resolved, id, options.namespaces);
  const history = new History(resolved);
  const events = tellEvents(history.read(), history.hash(id), session !== undefined);
  if (!session) return events;
  const { created } = session;
  const isNoted = events.some(({ at }) => at <= created + AT_ONCE);
  return isNoted ? events : [{ at: created, sentence: 'The session was created.' }, ...events];
}
