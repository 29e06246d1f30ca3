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

/**
 * The messages in a text: one, or a batch of them.
 *
 * @returns undefined when it is anything else
 */
export function parseMessages(text: string): Message[] | undefined {
  const parsed = parse(text);
  const messages = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  return messages.length > 0 && messages.every(isMessage) ? messages : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0'
  );
}

/** Whether an answer is waited for. */
export function isRequest(message: Message): message is Request {
  return typeof message.method === 'string' && message.id !== undefined && message.id !== null;
}

/** Whether it answers a request of the other side. */
export function isAnswer(message: Message): message is Message & { id: Id } {
  return message.method === undefined && message.id !== undefined && message.id !== null;
}

/** Why a request has no other answer when other code takes the place of the one that ran it. */
export const RESTARTED = 'The server was restarted while this request was running. Send it again.';

/** Tells why a request has no other answer. */
export function toError(id: Id, message: string): Message {
  return { jsonrpc: '2.0', id, error: { code: SERVER_ERROR, message } };
}
