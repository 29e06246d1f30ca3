/** An id of a request: each side counts its own. */
export type Id = string | number;

/** A message of JSON-RPC 2.0, as MCP speaks it: a request, a notification, or an answer. */
export interface Message {
  jsonrpc: '2.0';
  /** Of a request or an answer; `null` in an answer to what could not be read. */
  id?: Id | null;
  /** Of a request or a notification. */
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/** A request has a method and an id. */
export interface Request extends Message {
  id: Id;
  method: string;
}

/** Of an error that is the server's: what the SDKs take for a connection that was closed. */
const SERVER_ERROR = -32_000;

/** The request for a subscription to changes (2026-07-28). Its stream has no end of its own. */
export const LISTEN = 'subscriptions/listen';

/** Why a request has no other answer when other code takes the place of the one that ran it. */
export const RESTARTED = 'The server was restarted while this request was running. Send it again.';

/** Returns the message in a text, or undefined if it is anything else. A batch is: MCP has none since 2025-06-18. */
export function parseMessage(text: string | Buffer): Message | undefined {
  try {
    const parsed = JSON.parse(String(text)) as Message | null;
    return parsed?.jsonrpc === '2.0' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Returns a message as a line. */
export function toLine(message: Message): string {
  return `${JSON.stringify(message)}\n`;
}

/** Returns whether the sender waits for an answer. */
export function isRequest(message: Message): message is Request {
  return typeof message.method === 'string' && message.id !== undefined && message.id !== null;
}

/** Returns whether it answers a request of the other side. */
export function isAnswer(message: Message): message is Message & { id: Id } {
  return message.method === undefined && message.id !== undefined && message.id !== null;
}

/** Returns an error in place of the answer to a request. */
export function toError(id: Id, message: string): Message {
  return { jsonrpc: '2.0', id, error: { code: SERVER_ERROR, message } };
}
