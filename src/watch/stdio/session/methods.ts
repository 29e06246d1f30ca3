import type { Message } from '../../../mcp/messages/json-rpc.ts';
import { LISTEN, toSubscribedChanges } from '../../../mcp/messages/subscriptions.ts';

/** What may be asked twice: it reads, or sets what it has set. */
const REPEATABLE = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  LISTEN,
]);

/** Whether a request may be given to the next run when one has ended without an answer. */
export function isRepeatable({ method }: Message): boolean {
  return REPEATABLE.has(method ?? '');
}

/** A request of the protocol of 2026-07-28 that is answered when nobody listens any more. */
export function isLasting({ method }: Message): boolean {
  return method === LISTEN;
}

/** What a client hears on its subscription (2026-07-28) when the code of the server is another. */
export function toListenedChanges({ id, params }: Message): Message[] {
  const { notifications } = (params ?? {}) as { notifications?: Record<string, unknown> };
  return toSubscribedChanges(notifications, { 'io.modelcontextprotocol/subscriptionId': id });
}
