import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import {
  EventSplitter,
  toEvent,
  withData,
  type Piece,
  type ServerEvent,
} from '../../src/mcp/streams/events.ts';
import { sortByTag, withTag } from '../../src/mcp/streams/server-requests.ts';
import type { Message } from '../../src/mcp/messages/json-rpc.ts';

/** A stream with all that one may have; each line ends as it is told. */
const linesOf = (end: string): string =>
  [
    ': a comment',
    '',
    'retry: 10',
    'id: 1',
    'data:',
    '',
    'event: message',
    'id: z_2',
    'data: {"jsonrpc":"2.0","method":"é€😀"}',
    '',
    '',
    ': in the middle',
    'data: {',
    'data:  "two": "lines",',
    'data:"and": 1}',
    'unknown: field',
    'field',
    '',
    'id: with\0nul',
    'data: x: y',
    '',
    'data',
    '',
    'data: last, and not whole',
  ].join(end);

const ENDINGS = [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const;

/** What comes of a text whose bytes come in parts of a size. */
function split(text: string, size: number): { pieces: Piece[]; rest: Buffer } {
  const splitter = new EventSplitter();
  const bytes = Buffer.from(text);
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    pieces.push(...splitter.push(bytes.subarray(at, at + size)));
  }
  return { pieces, rest: splitter.end() };
}

const eventsOf = (pieces: Piece[]): ServerEvent[] =>
  pieces.flatMap(({ event }) => (event?.data ? [event] : []));

const toText = (parts: Uint8Array[]): string => Buffer.concat(parts).toString();

/** As the SDKs read it. */
function parse(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  createParser({ onEvent: (event) => void events.push(event) }).feed(text);
  return events;
}

describe('a stream of events', () => {
  it.each(ENDINGS)('is cut into the same events wherever its bytes are cut (%s)', (_, end) => {
    for (const mark of ['', '\uFEFF']) {
      const text = `${mark}${linesOf(end)}`;
      const expected = parse(text).filter(({ data }) => data !== '');
      expect(expected).toHaveLength(3);
      for (let size = 1; size <= Buffer.byteLength(text); size++) {
        const { pieces, rest } = split(text, size);
        const bytes = pieces.map((piece) => piece.bytes);
        expect(toText([...bytes, rest])).toBe(text);
        const events = eventsOf(pieces).map(({ data }) => data);
        expect(events).toEqual(expected.map(({ data }) => data));
        expect(pieces.flatMap(({ event }) => event?.id ?? [])).toEqual(['1', 'z_2']);
      }
    }
  });

  it.each(ENDINGS)('holds nothing back between two events (%s)', (_, end) => {
    const splitter = new EventSplitter();
    const event = `data: 1${end}${end}`;
    for (let i = 0; i < 3; i++) {
      expect(toText(splitter.push(Buffer.from(event)).map(({ bytes }) => bytes))).toBe(event);
      expect(splitter.isWithin).toBe(false);
    }
    expect(splitter.push(Buffer.from('data'))).toEqual([]);
    expect(splitter.isWithin).toBe(true);
  });

  it('goes on after an event that is too long to be read', () => {
    const splitter = new EventSplitter();
    const push = (text: string): Piece[] => splitter.push(Buffer.from(text));
    const long = 'x'.repeat(5 * 1024 * 1024);
    expect(eventsOf(push(`data: ${long}`))).toEqual([]);
    expect(splitter.isWithin).toBe(true);
    expect(eventsOf(push('\n'))).toEqual([]);
    expect(eventsOf(push('data: more\n\n'))).toEqual([]);
    expect(splitter.isWithin).toBe(false);
    expect(eventsOf(push('data: 2\n\n'))).toEqual([{ data: '2' }]);
  });

  it.each(ENDINGS)('takes other data, and stays the same otherwise (%s)', (_, end) => {
    const text = [': x', 'id: 7', 'data: {"a":', 'event: message', 'data: 1}', '', ''].join(end);
    const { pieces } = split(text, 1000);
    const written = toText(
      pieces.map(({ bytes, event }) => (event?.data ? withData(bytes, '{"b":2}') : bytes)),
    );
    expect(written).toBe([': x', 'id: 7', 'data: {"b":2}', 'event: message', '', ''].join(end));
    // A parser waits for the rest of a CRLF.
    expect(parse(`${written}\n`)).toEqual([{ id: '7', event: 'message', data: '{"b":2}' }]);
  });

  it('is written as the SDKs read it', () => {
    const message = { jsonrpc: '2.0', method: 'é\n' };
    const [event] = parse(toEvent(message, 'id-1'));
    expect(event).toMatchObject({ event: 'message', id: 'id-1', data: JSON.stringify(message) });
    expect(parse(toEvent(message))[0]?.id).toBeUndefined();
  });
});

describe('the requests of a server', () => {
  const request = (id: number | string, params?: object): Message => ({
    jsonrpc: '2.0',
    id,
    method: 'elicitation/create',
    ...(params && { params }),
  });
  const answer = (id: unknown): Message => ({ jsonrpc: '2.0', id: id as number, result: {} });
  const progress = (progressToken: unknown): Message => ({
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken, progress: 1 },
  });

  it.each([0, 7, 'seven', '0', 'a"b'])('have ids of their process: %j', (id) => {
    const sent = withTag(request(id, { message: 'Who?' }), 'a1');
    expect(sent).toMatchObject({ method: 'elicitation/create', params: { message: 'Who?' } });
    expect(sent.id).not.toBe(id);
    expect(sortByTag([answer(sent.id)], 'a1')).toEqual({ ours: [answer(id)], stale: [], rest: [] });
    expect(sortByTag([answer(sent.id)], 'b2').stale).toHaveLength(1);
    expect(sortByTag([answer(id)], 'a1').stale).toHaveLength(1);
  });

  it('have tokens of progress of their process, too', () => {
    const sent = withTag(request(3, { _meta: { progressToken: 3, other: 1 }, a: 1 }), 'a1');
    const { _meta: meta } = sent.params as { _meta: { progressToken: unknown } };
    expect(sent.params).toEqual({ _meta: { progressToken: sent.id, other: 1 }, a: 1 });
    expect(sortByTag([progress(meta.progressToken)], 'a1').ours).toEqual([progress(3)]);
    expect(sortByTag([progress(3)], 'a1').stale).toHaveLength(1);
  });

  it('are cancelled by the ids that the client knows', () => {
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 3 } };
    const sent = withTag(cancel as Message, 'a1');
    expect(sent.params).toEqual({ requestId: withTag(request(3), 'a1').id });
    // What a client cancels is its own request.
    expect(sortByTag([cancel as Message], 'a1').rest).toEqual([cancel]);
  });

  it('leave all else as it is', () => {
    const others: Message[] = [
      answer(3),
      { jsonrpc: '2.0', id: 3, error: { code: 1, message: 'no' } },
      progress(3),
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { reason: 'none' } },
    ];
    for (const message of others) expect(withTag(message, 'a1')).toBe(message);
    const call: Message = { jsonrpc: '2.0', id: 3, method: 'tools/call' };
    expect(sortByTag([call, answer('holdover-a1-3')], 'a1')).toEqual({
      ours: [answer(3)],
      stale: [],
      rest: [call],
    });
    for (const id of ['holdover-a1-', 'holdover-a1-{}', 'holdover-a1-x', 'holdover-a1', null, '']) {
      expect(sortByTag([answer(id)], 'a1').ours).toEqual([]);
    }
  });
});
