import type { Message } from '../messages/json-rpc.ts';
import { isAboutServerRequest, tagServerIds, untagMessage } from '../messages/server-ids.ts';

/** @param tag of this process and session */
function toPrefix(tag: string): string {
  return `holdover-${tag}-`;
}

/**
 * A message of the server as its client gets it, with ids of this process.
 *
 * @returns the same object when nothing changes
 */
export function withTag(message: Message, tag: string): Message {
  return tagServerIds(message, toPrefix(tag));
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
  const prefix = toPrefix(tag);
  const sorted: Sorted = { ours: [], stale: [], rest: [] };
  for (const message of messages) {
    if (!isAboutServerRequest(message)) sorted.rest.push(message);
    else {
      const own = untagMessage(message, prefix);
      if (own) sorted.ours.push(own);
      else sorted.stale.push(message);
    }
  }
  return sorted;
}
