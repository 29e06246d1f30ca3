import type { Message } from './json-rpc.ts';

/** The request by which a client asks to be told of changes (2026-07-28): its stream has no end of its own. */
export const LISTEN = 'subscriptions/listen';

/** What a client can ask to be told of, and the list that has changed then. */
const LISTS = {
  toolsListChanged: 'tools',
  promptsListChanged: 'prompts',
  resourcesListChanged: 'resources',
} as const;

/**
 * What a client hears on its subscription when other code is about to answer it.
 *
 * @param notifications what it is told of, by name
 * @param _meta by which it knows the subscription
 */
export function toSubscribedChanges(
  notifications: Record<string, unknown> | undefined,
  _meta: unknown,
): Message[] {
  return Object.entries(LISTS)
    .filter(([name]) => notifications?.[name] === true)
    .map(([, list]) => ({
      jsonrpc: '2.0',
      method: `notifications/${list}/list_changed`,
      params: { _meta },
    }));
}
