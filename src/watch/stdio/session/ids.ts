import { isAnswer, type Id, type Message } from '../../../mcp/messages/json-rpc.ts';
import { tagServerIds, toFields, untagId } from '../../../mcp/messages/server-ids.ts';

/** A message of one run of the server, as the client hears it: with ids of that run. */
export function tagRun(run: number, message: Message): Message {
  return tagServerIds(message, `h${run}:`);
}

/** @returns undefined for what is no id of a request of the server, as the client knows it */
function toQuestion(tagged: unknown): { run: number; id: Id } | undefined {
  const [prefix = '', run] = /^h(\d+):/.exec(String(tagged)) ?? [];
  const id = run === undefined ? undefined : untagId(tagged, prefix);
  return id === undefined ? undefined : { run: Number(run), id };
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
    const question = toQuestion(message.id);
    return question && { run: question.run, message: { ...message, id: question.id } };
  }
  if (message.method !== 'notifications/progress') return undefined;
  const params = toFields(message.params);
  const token = toQuestion(params.progressToken);
  if (!token) return undefined;
  return {
    run: token.run,
    message: { ...message, params: { ...params, progressToken: token.id } },
  };
}

const AT_THE_BEGINNING = /^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*("[^"\\]*"|\d+)\s*,/;
const AT_THE_END = /"id"\s*:\s*("[^"\\]*"|\d+)\s*\}\s*$/;

/** The id of a message of which only the beginning and the end are known: there SDKs write it. */
export function findId(edges: string): Id | undefined {
  const [, text] = AT_THE_BEGINNING.exec(edges) ?? AT_THE_END.exec(edges) ?? [];
  return text === undefined ? undefined : (JSON.parse(text) as Id);
}
