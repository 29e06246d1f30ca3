import { LISTEN } from '../../../mcp/messages/json-rpc.ts';

/** A response whose head was sent, and what was asked. */
export interface Streamed {
  method: unknown;
  /** The header `Mcp-Method` of the request. */
  mcpMethod: unknown;
  /** The media type of the response. */
  type: unknown;
}

/** Media types of responses that have no end of their own. */
const ENDLESS = /^(text\/event-stream|multipart\/x-mixed-replace)/i;

/**
 * Whether a response goes on until somebody closes it. Events that answer a POST come to an end, as the
 * words of a language model and the answer of an MCP server do.
 */
export function isEndless({ method, mcpMethod, type }: Streamed): boolean {
  const [, kind] = ENDLESS.exec(String(type)) ?? [];
  if (kind === undefined) return false;
  return kind.startsWith('multipart') || method !== 'POST' || mcpMethod === LISTEN;
}
