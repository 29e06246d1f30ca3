import { describe, expect, it } from 'vitest';
import { toCauseLine } from '../../src/mcp/messages/cause.ts';
import {
  afterMessage,
  toClient,
  toListChanges,
  toSettings,
  type Handshake,
} from '../../src/mcp/messages/handshake.ts';
import { isAnswer, isRequest, parseMessages } from '../../src/mcp/messages/json-rpc.ts';

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { clientInfo: { name: 'a client', version: '1.2.3' } },
} as const;

const subscribe = (uri: string, method = 'resources/subscribe') =>
  ({ jsonrpc: '2.0', id: 1, method, params: { uri } }) as const;

describe('messages of JSON-RPC', () => {
  it('are one, or a batch', () => {
    const ping = { jsonrpc: '2.0', id: 'a', method: 'ping' };
    expect(parseMessages(JSON.stringify(ping))).toEqual([ping]);
    expect(parseMessages(JSON.stringify([ping, ping]))).toEqual([ping, ping]);
  });

  it.each(['', '{', 'null', '[]', '1', '"jsonrpc"', '{"id":1}', '{"jsonrpc":"1.0"}', '[null]'])(
    'are nothing else: %s',
    (text) => expect(parseMessages(text)).toBeUndefined(),
  );

  it('are requests, notifications and answers', () => {
    const kinds = [
      { jsonrpc: '2.0', id: 0, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 0, result: {} },
      { jsonrpc: '2.0', id: null, error: { code: -32_700, message: '' } },
    ] as const;
    expect(kinds.map((each) => [isRequest(each), isAnswer(each)])).toEqual([
      [true, false],
      [false, false],
      [false, true],
      [false, false],
    ]);
  });
});

describe('what a client has told a server', () => {
  it('is its level, and the subscriptions that it still has', () => {
    const level = { jsonrpc: '2.0', id: 7, method: 'logging/setLevel', params: { level: 'debug' } };
    const told = [
      subscribe('a'),
      subscribe('b'),
      level as typeof level & { jsonrpc: '2.0' },
      subscribe('a', 'resources/unsubscribe'),
      subscribe('__proto__'),
    ];
    const handshake = told.reduce(afterMessage, { initialize } as Handshake);
    expect(toSettings(handshake)).toEqual([level, subscribe('b'), subscribe('__proto__')]);
  });

  it('is the same after any other message', () => {
    const handshake = { initialize };
    expect(afterMessage(handshake, { jsonrpc: '2.0', id: 1, method: 'tools/list' })).toBe(
      handshake,
    );
    expect(afterMessage(handshake, { ...subscribe('a'), params: null })).toBe(handshake);
  });

  it('names it', () => {
    expect(toClient({ initialize })).toEqual({ name: 'a client', version: '1.2.3' });
    expect(toClient({ initialize: { ...initialize, params: null } as never })).toEqual({});
  });

  it('makes for news of the lists that a server may change', () => {
    const capabilities = { tools: { listChanged: true }, prompts: {}, resources: null, x: {} };
    expect(toListChanges({ capabilities })).toEqual([
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
    ]);
    expect(toListChanges(null)).toEqual([]);
  });
});

describe('what an error says in a sentence', () => {
  it.each([
    ['TypeError: x is not a function', 'TypeError: x is not a function'],
    ['Error: It went wrong.\nat all', 'Error: It went wrong'],
    [
      'Error: 1 error:\r\n  /app/a.ts:3:5: ERROR: Unexpected "}"',
      'Error: 1 error: /app/a.ts:3:5: ERROR: Unexpected "}"',
    ],
    [`Error: ${'x'.repeat(1000)}`, `Error: ${'x'.repeat(293)}`],
  ])('is one line: %j', (text, line) => expect(toCauseLine(text)).toBe(line));
});
