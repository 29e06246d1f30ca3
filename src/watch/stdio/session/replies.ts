import { isRequest, toError, type Id, type Message } from '../../../mcp/messages/json-rpc.ts';
import { findId } from './ids.ts';
import { isLasting } from './methods.ts';
import type { Said } from './said.ts';
import type { Server } from './server.ts';
import { TOO_LONG } from './texts.ts';

/** Errors in place of answers; what lasts goes on with the next run. */
export function toRefusals(all: Said[], why: string): Message[] {
  return all.flatMap(({ message }) =>
    isRequest(message) && !isLasting(message) ? [toError(message.id, why)] : [],
  );
}

/** Nobody waits for the answers to some questions any more. */
export function toWithdrawals(questions: Iterable<Id>): Message[] {
  return [...questions].map((requestId) => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId, reason: 'The server has ended.' },
  }));
}

/**
 * What a client hears of a message that was dropped as it is too long.
 *
 * @param edges its beginning and its end
 * @param server who has said it; otherwise it was the client
 */
export function toDropped(edges: string, server: Server | undefined): Message[] {
  const id = findId(edges);
  const isWaitedFor =
    id !== undefined && (server ? server.inFlight.has(id) : /"method"/.test(edges));
  return isWaitedFor ? [toError(id, TOO_LONG)] : [];
}
