import { isRequest, type Id, type Message } from './json-rpc.ts';

type Fields = Record<string, unknown>;

/** The id of a request of a server, as its client knows it. */
function tagId(id: Id, prefix: string): string {
  return `${prefix}${JSON.stringify(id)}`;
}

/** @returns undefined for what is no id with that prefix */
export function untagId(tagged: unknown, prefix: string): Id | undefined {
  if (typeof tagged !== 'string' || !tagged.startsWith(prefix)) return undefined;
  try {
    const id: unknown = JSON.parse(tagged.slice(prefix.length));
    return isId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A message of the server as its client gets it: requests have an id that no other process uses, as each
 * counts from 0 again, and a late answer to one must not be taken for the answer to another. The same goes
 * for what speaks of such an id later: that it is cancelled, and the token under which the client is to tell
 * of its progress.
 *
 * @param prefix of this process
 * @returns the same object when nothing changes
 */
export function tagServerIds(message: Message, prefix: string): Message {
  const params = toFields(message.params);
  if (message.method === 'notifications/cancelled') {
    const { requestId } = params;
    return isId(requestId)
      ? { ...message, params: { ...params, requestId: tagId(requestId, prefix) } }
      : message;
  }
  if (!isRequest(message)) return message;
  const meta = toFields(params._meta);
  const { progressToken } = meta;
  return {
    ...message,
    id: tagId(message.id, prefix),
    ...(isId(progressToken) && {
      params: { ...params, _meta: { ...meta, progressToken: tagId(progressToken, prefix) } },
    }),
  };
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' || typeof value === 'number';
}

/** What is no object has no fields. */
export function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
