import { randomBytes } from 'node:crypto';
import { createDebug } from 'obug';
import { shortenId } from '../session/display/short-id.ts';
import type { Exchange, Replayed } from './exchange.ts';
import { sendInside, type AppSession, type InsideAnswer } from './inside.ts';
import { toSettings } from './messages/handshake.ts';
import type { Message } from './messages/json-rpc.ts';
import { noteReplay, sayOtherVersion } from './notes.ts';
import type { McpSession } from './sessions.ts';

const debug = createDebug('holdover:mcp');

/**
 * Makes a session anew that another process has begun: says to the app what its client has said then, with
 * the headers of a request that the client makes now. So the app lets in whom it lets in now, and nobody
 * reaches more than what `initialize` would give him anyway. The app sees requests of its own for that.
 *
 * @param exchange the request that waits for it, in the session
 * @param within how long all of it may take, in milliseconds
 * @returns undefined when the app begins no such session, and why is said by DEBUG. It is not remembered:
 * the next request, with another token, may do better
 */
export async function replay(
  exchange: Exchange,
  { handshake }: McpSession,
  within: number,
): Promise<Replayed | undefined> {
  const { sessionId: ofClient = '' } = exchange;
  const refused = (why: string): undefined => {
    debug('the session %s is not made anew: %s', shortenId(ofClient), why);
    noteReplay(ofClient, why);
  };
  const until = performance.now() + within;
  const say = (message: Message, session?: AppSession): Promise<InsideAnswer> =>
    sendInside(exchange, message, session, until - performance.now());
  let count = 0;
  const toId = (): string => `holdover-${count++}`;
  try {
    const first = await say({ ...handshake.initialize, id: toId() });
    const { status, sessionId: id, answer } = first;
    if (status !== 200) return refused(`the app answers ${status} to initialize`);
    if (answer?.result === undefined) return refused('the app refuses initialize');
    if (id === undefined) return refused('the app gives no session id');
    const version = toVersion(answer.result);
    const { 'mcp-protocol-version': agreed } = exchange.request.headers;
    if (agreed !== undefined && version !== agreed) {
      sayOtherVersion(String(agreed), version);
      return refused(`the app speaks ${version} of the protocol, and its client ${String(agreed)}`);
    }
    const session = { id, version };
    await say({ jsonrpc: '2.0', method: 'notifications/initialized' }, session);
    for (const setting of toSettings(handshake)) {
      await say({ ...setting, id: toId() }, session);
    }
    noteReplay(ofClient);
    const tag = randomBytes(4).toString('hex');
    return { ...session, result: answer.result, tag, eventIds: new Set(), isToldOfChanges: false };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function toVersion(result: unknown): string {
  const { protocolVersion } = (result ?? {}) as { protocolVersion?: unknown };
  return String(protocolVersion);
}
