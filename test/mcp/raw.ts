import { request } from 'node:http';

/** An answer as it came. */
export interface Raw {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** What is sent. */
export interface Sending {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** The headers of every POST of a client, but for the one of the session. */
export const HEADERS = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};

/** Sends one request, over a connection of its own. */
export function send(url: string, { method = 'POST', headers, body = '' }: Sending): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, headers: { ...HEADERS, ...headers } });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: text });
      });
    });
    sent.end(body);
  });
}

/** A message of JSON-RPC, as a body. */
export function toBody(method: string, params: object = {}, id: number | undefined = 1): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** A call of a tool, as a body. */
export function toCall(name: string, args: object = {}): string {
  return toBody('tools/call', { name, arguments: args });
}

/** The body of the first request of a client. */
export function toInitialize(name: string): string {
  return toBody('initialize', {
    protocolVersion: '2025-06-18',
    clientInfo: { name, version: '1.2.3' },
    capabilities: { elicitation: {} },
  });
}
