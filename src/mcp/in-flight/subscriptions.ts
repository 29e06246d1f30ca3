import type { Exchange } from '../exchange.ts';
import type { Message } from '../messages/json-rpc.ts';

/** What a client can ask to be told of, and the list that has changed then. */
const LISTS = {
  toolsListChanged: 'tools',
  promptsListChanged: 'prompts',
  resourcesListChanged: 'resources',
} as const;

/** Whether a request asks to be told of changes, on a stream of its own (2026-07-28). */
export function isSubscription({ request }: Exchange): boolean {
  return request.headers['mcp-method'] === 'subscriptions/listen';
}

/**
 * What a client hears on such a stream when other code is about to answer it.
 *
 * @param message of the server: the first one on the stream says what it tells the client of
 * @returns undefined for all other messages
 */
export function toSubscribedChanges({ method, params }: Message): Message[] | undefined {
  if (method !== 'notifications/subscriptions/acknowledged') return undefined;
  const { notifications, _meta } = (params ?? {}) as Record<string, Record<string, unknown>>;
  return Object.entries(LISTS)
    .filter(([name]) => notifications?.[name] === true)
    .map(([, list]) => ({
      jsonrpc: '2.0',
      method: `notifications/${list}/list_changed`,
      params: { _meta },
    }));
}
