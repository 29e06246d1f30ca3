import { isAnswer, isRequest, type Id, type Message } from './json-rpc.ts';

type Fields = Record<string, unknown>;

const PROGRESS = 'notifications/progress';

/**
 * Returns a message of the server with ids that no other process uses: each process counts from 0 again, and a
 * late answer to one must not be taken for the answer to another. Besides requests that concerns what speaks of
 * their ids: a cancellation, and the token under which the client is to report progress.
 *
 * @param prefix of this process
 * @returns the same object when nothing changes
 */
export function tagServerIds(message: Message, prefix: string): Message {
  const tag = (id: Id): string => `${prefix}${JSON.stringify(id)}`;
  const params = toFields(message.params);
  if (message.method === 'notifications/cancelled') {
    const { requestId } = params;
    return isId(requestId)
      ? { ...message, params: { ...params, requestId: tag(requestId) } }
      : message;
  }
  if (!isRequest(message)) return message;
  const meta = toFields(params._meta);
  const { progressToken } = meta;
  return {
    ...message,
    id: tag(message.id),
    ...(isId(progressToken) && {
      params: { ...params, _meta: { ...meta, progressToken: tag(progressToken) } },
    }),
  };
}

/** Returns whether a message of the client answers a request of the server, or reports its progress. */
export function isAboutServerRequest(message: Message): boolean {
  return isAnswer(message) || message.method === PROGRESS;
}

/** Returns such a message with the ids that the server knows, or undefined if it is about another process. */
export function untagMessage(message: Message, prefix: string): Message | undefined {
  const params = toFields(message.params);
  const isProgress = message.method === PROGRESS;
  const id = untag(isProgress ? params.progressToken : message.id, prefix);
  if (id === undefined) return undefined;
  return isProgress ? { ...message, params: { ...params, progressToken: id } } : { ...message, id };
}

function untag(tagged: unknown, prefix: string): Id | undefined {
  if (typeof tagged !== 'string' || !tagged.startsWith(prefix)) return undefined;
  try {
    const id: unknown = JSON.parse(tagged.slice(prefix.length));
    return isId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' || typeof value === 'number';
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
