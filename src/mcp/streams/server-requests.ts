import { isAnswer, isRequest, type Id, type Message } from '../messages/json-rpc.ts';

type Fields = Record<string, unknown>;

/**
 * A message of the server as its client gets it: requests have an id that no other process uses, as each
 * counts from 0 again. The same goes for what speaks of such an id later: that it is cancelled, and the token
 * under which the client is to tell of its progress.
 *
 * @param tag of this process and session
 * @returns the same object when nothing changes
 */
export function withTag(message: Message, tag: string): Message {
  const toTagged = (id: Id): string => `holdover-${tag}-${JSON.stringify(id)}`;
  const params = toFields(message.params);
  if (message.method === 'notifications/cancelled') {
    const { requestId } = params;
    return isId(requestId)
      ? { ...message, params: { ...params, requestId: toTagged(requestId) } }
      : message;
  }
  if (!isRequest(message)) return message;
  const meta = toFields(params._meta);
  const { progressToken } = meta;
  return {
    ...message,
    id: toTagged(message.id),
    ...(isId(progressToken) && {
      params: { ...params, _meta: { ...meta, progressToken: toTagged(progressToken) } },
    }),
  };
}

/** What a client has sent, by what it speaks of. */
export interface Sorted {
  /** What belongs to requests of this process, with the ids that the server knows. */
  ours: Message[];
  /** What belongs to requests of a process that has ended. */
  stale: Message[];
  rest: Message[];
}

/** Tells what belongs to which process, among the messages of a client in a session with a tag. */
export function sortByTag(messages: Message[], tag: string): Sorted {
  const sorted: Sorted = { ours: [], stale: [], rest: [] };
  for (const message of messages) {
    if (isAnswer(message)) {
      const id = withoutTag(message.id, tag);
      if (id === undefined) sorted.stale.push(message);
      else sorted.ours.push({ ...message, id });
    } else if (message.method === 'notifications/progress') {
      const params = toFields(message.params);
      const progressToken = withoutTag(params.progressToken, tag);
      if (progressToken === undefined) sorted.stale.push(message);
      else sorted.ours.push({ ...message, params: { ...params, progressToken } });
    } else sorted.rest.push(message);
  }
  return sorted;
}

function withoutTag(tagged: unknown, tag: string): Id | undefined {
  const prefix = `holdover-${tag}-`;
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
