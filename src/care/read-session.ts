import type { ResolvedOptions } from '../options.ts';
import { surveyId } from '../storage/survey/survey.ts';
import { resolveProject, type CareOptions } from './project.ts';
import { toLiveSession, type SessionFacts } from './sessions.ts';

/**
 * The live session with an id, a login or one of an MCP client. It is read alone, however many there are,
 * where the namespaces that it may be in are given.
 *
 * @param id all of it
 * @throws Error, in one sentence, for an id that several namespaces have, and when the place cannot be read
 */
export function readSession(
  id: string,
  options: CareOptions = {},
): Promise<SessionFacts | undefined> {
  return readResolved(resolveProject(options), id, options.namespaces);
}

/** As `readSession`, with every option resolved. */
export async function readResolved(
  resolved: ResolvedOptions,
  id: string,
  namespaces: string[] | undefined,
): Promise<SessionFacts | undefined> {
  const records = await surveyId(resolved, id, namespaces);
  const [session, ...others] = records.flatMap((record) => toLiveSession(record, resolved) ?? []);
  if (others.length === 0) return session;
  throw new Error('Several namespaces have a session with that id. Name one of them.');
}
