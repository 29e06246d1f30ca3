import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { mayBeMcp } from '../../mcp/hook/recognise.ts';
import { isRequest, parseMessage, toError } from '../../mcp/messages/json-rpc.ts';

/** A longer body is read and not looked at, in bytes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Returns whether a client of MCP asks something, and sends its body without being told to go on. */
export function asksByMcp(request: IncomingMessage): boolean {
  const { method, headers } = request;
  return method === 'POST' && headers.expect === undefined && mayBeMcp(request);
}

/**
 * Answers a request of JSON-RPC with an error, which reaches the agent as it is: SDKs show the body of a 503 as
 * text, and take an error with status 200 for the answer. A body that is no request gets 503.
 *
 * @param within how long the body may take, in milliseconds
 */
export async function answerMcp(
  request: IncomingMessage,
  response: ServerResponse,
  { text, headers, within }: { text: string; headers: OutgoingHttpHeaders; within: number },
): Promise<void> {
  const message = parseMessage(await readBody(request, within));
  const asks = message && isRequest(message);
  response.writeHead(asks ? 200 : 503, {
    ...headers,
    'Content-Type': 'application/json',
    Connection: 'close',
  });
  response.end(JSON.stringify({ ...toError(0, text), id: asks ? message.id : null }));
}

/** Reads a body to its end: a connection that is closed with something unread is reset. */
function readBody(request: IncomingMessage, within: number): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const end = (): void => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString());
    };
    const timer = setTimeout(end, within).unref();
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_BODY_BYTES) parts.length = 0;
      else parts.push(part);
    });
    request.once('end', end).once('close', end);
  });
}
