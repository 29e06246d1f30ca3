import type { CareOptions } from './project.ts';
import type { SessionFacts } from './sessions.ts';

/**
 * The live session with an id, a login or one of an MCP client. It is read alone, however many there are,
 * where the namespaces that it may be in are given.
 *
 * @param id all of it
 * @throws Error, in one sentence, when the place cannot be read
 */
export function readSession(
  _id: string,
  _options: CareOptions = {},
): Promise<SessionFacts | undefined> {
  throw new Error('Not there yet.');
}
