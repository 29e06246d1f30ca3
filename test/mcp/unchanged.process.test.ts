import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { rows } from '../support/depth.ts';
import { PLAIN_NODE } from '../support/tools.ts';
import { McpApp } from './mcp-app.ts';
import { HEADERS, send, toBody, toCall, toInitialize } from './raw.ts';

/** A request, as it goes over the wire. */
interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

const LARGE = 'x'.repeat(70_000);
const UNKNOWN = { 'mcp-session-id': '00000000-0000-4000-8000-000000000000' };

/** Outside of a session. */
const OUTSIDE: Record<string, Sent> = {
  'a large body': { body: toInitialize(LARGE) },
  'a body that the app finds too large': { body: toInitialize(LARGE + LARGE) },
  'broken JSON': { body: '{"jsonrpc":"2.0","method":"initialize"' },
  'no JSON-RPC': { body: '{"method":"initialize","id":1}' },
  'a batch': { body: `[${toInitialize('a')},${toBody('ping')}]` },
  'initialize without what it needs': { body: toBody('initialize', {}) },
  'initialize for another path': { path: '/other', body: toInitialize('a') },
  'initialize for another host': { headers: { host: 'example.com' }, body: toInitialize('a') },
  'initialize of a client that takes only events': {
    headers: { accept: 'text/event-stream' },
    body: toInitialize('a'),
  },
  'another type of content': { headers: { 'content-type': 'text/plain' }, body: toInitialize('a') },
  'initialize with an unknown id': { headers: UNKNOWN, body: toInitialize('a') },
  'a call with an unknown id': { headers: UNKNOWN, body: toCall('version') },
  'events of an unknown id': { method: 'GET', headers: UNKNOWN },
  'the end of an unknown id': { method: 'DELETE', headers: UNKNOWN },
  'a call without an id': { body: toCall('version') },
  'no body': { body: '' },
};

/** In a session: with its id. */
const INSIDE: Record<string, Sent> = {
  'a call': { body: toCall('slow', { ms: 1 }) },
  'a large body': { body: toCall('ask', { large: LARGE }) },
  'a body that the app finds too large': { body: toCall(LARGE + LARGE) },
  'broken JSON': { body: '{"jsonrpc":"2.0","method":"tools/list"' },
  'an unknown method': { body: toBody('no/method') },
  'an unknown tool': { body: toCall('no tool') },
  'initialize once more': { body: toInitialize('b') },
  'an unknown version': {
    headers: { 'mcp-protocol-version': '1999-01-01' },
    body: toBody('ping'),
  },
};

/** With the id of a session, but where the client has never used it: as if it were unknown. */
const ELSEWHERE: Record<string, Sent> = {
  'another path': { path: '/other', body: toBody('ping') },
  'another method': { method: 'PUT', body: toBody('ping') },
};

const SERVERS = ['express-404', 'node-http', 'hono-session'].map((name) => ({ name }));

it.each(rows(SERVERS, 'node-http'))(
  'answers what the app would have answered without holdover: $name',
  async ({ name }) => {
    const [plain, watched] = await Promise.all([
      McpApp.start(name, { tool: PLAIN_NODE }),
      McpApp.start(name),
    ]);
    const [id, kept] = [await begin(plain), await begin(watched)];
    await watched.restart();
    for (const [what, sent] of Object.entries(OUTSIDE)) {
      const expected = await exchange(plain, sent);
      expect(await exchange(watched, sent), what).toBe(expected);
    }
    for (const [what, sent] of Object.entries(ELSEWHERE)) {
      const expected = await exchange(plain, { ...sent, headers: UNKNOWN });
      expect(await exchange(watched, within(kept, sent)), what).toBe(expected);
    }
    for (const [what, sent] of Object.entries(INSIDE)) {
      const expected = await exchange(plain, within(id, sent));
      expect(await exchange(watched, within(kept, sent)), what).toBe(expected);
    }
  },
);

/** @returns the id of a session that has begun */
async function begin({ url }: McpApp, name = 'a client'): Promise<string> {
  const { headers } = await send(url, { body: toInitialize(name) });
  return headers['mcp-session-id'] as string;
}

function within(id: string, sent: Sent): Sent {
  return { ...sent, headers: { 'mcp-session-id': id, ...sent.headers } };
}

/** All bytes of the answer to a request, but for what is another one each time. */
function exchange(
  mcp: McpApp,
  { method = 'POST', path, headers, body = '' }: Sent,
): Promise<string> {
  const { port, hostname, pathname } = new URL(mcp.url);
  const all = {
    host: `${hostname}:${port}`,
    ...HEADERS,
    connection: 'close',
    ...(body || method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path ?? pathname} HTTP/1.1`, ...lines].join('\r\n');
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (isWhole(text)) socket.destroy();
    });
    socket.on('error', reject).on('close', () => resolve(withoutChance(text)));
    socket.write(`${head}\r\n\r\n${body}`);
  });
}

/** Apps may say `keep-alive` to whoever asks them to close. */
function isWhole(text: string): boolean {
  const [head = '', body = ''] = text.split(/\r\n\r\n([^]*)/);
  if (/^transfer-encoding: chunked$/im.test(head)) return body.endsWith('0\r\n\r\n');
  return body.length === Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
}

function withoutChance(text: string): string {
  return text
    .replace(/^date: .*$/im, 'date: (a date)')
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '(a UUID)')
    .replaceAll(/\(a UUID\)_\d+_\w+/g, '(an event)')
    .replaceAll(/holdover-test-\w+/g, '(a folder)')
    .replaceAll(/version\\":\\"\d+/g, '(a version)');
}
