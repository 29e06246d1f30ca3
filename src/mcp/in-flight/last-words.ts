import type { ServerResponse } from 'node:http';

const words = new WeakMap<ServerResponse, () => string>();

/** What is to be said on a stream of events before it is ended for a restart. */
export function setLastWords(response: ServerResponse, toWords: () => string): void {
  words.set(response, toWords);
}

/** What is to be said on a stream that is about to be ended for a restart; `''` for nothing. */
export function toLastWords(response: ServerResponse): string {
  return words.get(response)?.() ?? '';
}

/**
 * The last of a response by which events are sent. One is left without an end whose head has said that the
 * connection is kept alive: after a whole response Node's `fetch` may send the next request over it, which
 * fails.
 */
export function toLastBytes(response: ServerResponse, text: string): string {
  if (!response.chunkedEncoding) return text;
  const chunk = text === '' ? '' : `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  return response.shouldKeepAlive ? chunk : `${chunk}0\r\n\r\n`;
}
