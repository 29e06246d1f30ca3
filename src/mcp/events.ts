import type { Message } from './messages/json-rpc.ts';

/** What ends an event: an empty line. */
const EMPTY_LINE = /\r\n\r\n|\n\r\n|\n\n|\r\r/g;

/** An event of a stream, and its fields. */
export interface ServerEvent {
  bytes: Buffer;
  /** Of all its `data` lines. */
  data: string;
  id: string | undefined;
}

/**
 * Cuts a stream into events. No byte is lost, and none is held but those of an event that has begun.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventSplitter {
  #held: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): ServerEvent[] {
    const all = Buffer.concat([this.#held, bytes]);
    const events: ServerEvent[] = [];
    let start = 0;
    for (const { 0: line, index } of all.toString('latin1').matchAll(EMPTY_LINE)) {
      const end = index + line.length;
      events.push(toServerEvent(all.subarray(start, end)));
      start = end;
    }
    this.#held = all.subarray(start);
    return events;
  }

  /** The bytes of an event that has begun and is not whole. */
  get held(): Buffer {
    return this.#held;
  }
}

/** Returns whether a media type is that of a stream of events. */
export function isEventStream(type: string | undefined): boolean {
  return /^text\/event-stream\b/i.test(type ?? '');
}

/** Returns the same event with other data. */
export function withData({ bytes }: ServerEvent, data: string): Buffer {
  const lines = toLines(bytes).filter((line) => line !== '' && !line.startsWith('data:'));
  return Buffer.from([...lines, `data: ${data}`, '', ''].join('\n'));
}

/** Returns an event that says a message. */
export function toEvent(message: Message, id?: string): string {
  const field = id === undefined ? '' : `id: ${id}\n`;
  return `event: message\n${field}data: ${JSON.stringify(message)}\n\n`;
}

function toServerEvent(bytes: Buffer): ServerEvent {
  const lines = toLines(bytes);
  const read = (name: string): string[] =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  return { bytes, data: read('data').join('\n'), id: read('id').at(-1) };
}

function toLines(bytes: Buffer): string[] {
  return bytes.toString().split(/\r\n|\n|\r/);
}
