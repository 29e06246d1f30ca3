import { isAnswer, type Id, type Message } from '../../../mcp/messages/json-rpc.ts';

/**
 * The id of a request of the server, as the client knows it: each run of a server counts from the beginning,
 * and a late answer to a question of one run must not be taken for the answer to a question of the next.
 */
export function tagId(run: number, id: Id): string {
  return `h${run}:${JSON.stringify(id)}`;
}

/** @returns undefined for what is no id of a request of the server, as the client knows it */
function untagId(tagged: unknown): { run: number; id: Id } | undefined {
  const [, run, text = ''] = (typeof tagged === 'string' && /^h(\d+):(.+)$/s.exec(tagged)) || [];
  try {
    return run === undefined ? undefined : { run: Number(run), id: JSON.parse(text) as Id };
  } catch {
    return undefined;
  }
}

/** A request of a run of the server, as the client hears it: with its ids, that of its progress too. */
export function tagRequest(run: number, message: Message & { id: Id }): Message & { id: string } {
  const tagged = { ...message, id: tagId(run, message.id) };
  const params = (message.params ?? {}) as { _meta?: { progressToken?: Id } };
  const token = params._meta?.progressToken;
  if (token === undefined) return tagged;
  const _meta = { ...params._meta, progressToken: tagId(run, token) };
  return { ...tagged, params: { ...params, _meta } };
}

/** What a client says to one run of the server, as that run is to hear it. */
export interface Addressed {
  run: number;
  message: Message;
}

/**
 * An answer to a request of the server, or the progress of one.
 *
 * @returns undefined for anything else
 */
export function toAddressed(message: Message): Addressed | undefined {
  if (isAnswer(message)) {
    const question = untagId(message.id);
    return question && { run: question.run, message: { ...message, id: question.id } };
  }
  if (message.method !== 'notifications/progress') return undefined;
  const { progressToken } = (message.params ?? {}) as { progressToken?: unknown };
  const token = untagId(progressToken);
  return token && { run: token.run, message: rename(message, 'progressToken', token.id) };
}

/** A notification that names a request by its id, with another id. */
export function rename(message: Message, name: 'requestId' | 'progressToken', id: Id): Message {
  return { ...message, params: { ...(message.params as object), [name]: id } };
}

const AT_THE_BEGINNING = /^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*("[^"\\]*"|\d+)\s*,/;
const AT_THE_END = /"id"\s*:\s*("[^"\\]*"|\d+)\s*\}\s*$/;

/** The id of a message of which only the beginning and the end are known: there SDKs write it. */
export function findId(edges: string): Id | undefined {
  const [, text] = AT_THE_BEGINNING.exec(edges) ?? AT_THE_END.exec(edges) ?? [];
  return text === undefined ? undefined : (JSON.parse(text) as Id);
}
