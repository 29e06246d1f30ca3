/** A server-sent event, by the fields that it has. */
export interface ServerEvent {
  /** Of all its `data` lines. */
  data: string;
  id?: string;
}

/** A part of a stream of events, to the byte. */
export interface Piece {
  bytes: Buffer;
  /** What it says, where it is one whole event that is not too long. */
  event?: ServerEvent;
}

/** Longer events are not read, where nothing else is said, in bytes. */
const LONGEST = 4 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

const LINES = /([^\r\n]*)(\r\n|\r|\n|$)/g;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Cuts a stream of events, however its bytes come, into whole events. All bytes come out, in order, and none
 * are held but those of an event that has begun.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventSplitter {
  readonly #longest: number;
  #held: Buffer = Buffer.alloc(0);
  /** Where the last line begins in what is held. */
  #line = 0;
  #isAfterCr = false;
  #isTooLong = false;

  /** @param longest longer events are not read, in bytes */
  constructor(longest = LONGEST) {
    this.#longest = longest;
  }

  /** What comes of more bytes. */
  push(bytes: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    let at = this.#held.length;
    const all = Buffer.concat([this.#held, bytes]);
    let start = 0;
    const cut = (end: number, isEvent: boolean): void => {
      pieces.push(this.#toPiece(all.subarray(start, end), isEvent));
      start = end;
    };
    for (; at < all.length; at++) {
      const byte = all[at];
      const isSecondHalf = byte === LF && this.#isAfterCr;
      this.#isAfterCr = byte === CR;
      if (byte !== LF && byte !== CR) continue;
      const isEmpty = at === this.#line;
      this.#line = at + 1;
      if (isSecondHalf ? at === start : isEmpty) cut(at + 1, !isSecondHalf);
    }
    if (all.length - start > this.#longest) {
      cut(all.length, false);
      this.#isTooLong = true;
    }
    this.#held = all.subarray(start);
    // A line that began in what has left cannot be empty.
    this.#line = this.#line - start;
    return pieces;
  }

  /** Whether an event has begun that is not whole yet. */
  get isWithin(): boolean {
    return this.#held.length > 0 || this.#isTooLong;
  }

  /** What is held of an event that has begun: there is no more of it. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest;
  }

  #toPiece(bytes: Buffer, isEvent: boolean): Piece {
    const isWhole = isEvent && !this.#isTooLong;
    if (isEvent) this.#isTooLong = false;
    return isWhole ? { bytes, event: readEvent(bytes.toString()) } : { bytes };
  }
}

function readEvent(text: string): ServerEvent {
  const event: ServerEvent = { data: '' };
  const data: string[] = [];
  for (const [, line = ''] of text.matchAll(LINES)) {
    const [name, value] = toField(line);
    if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) event.id = value;
  }
  event.data = data.join('\n');
  return event;
}

function toField(line: string): [name: string, value: string] {
  const text = line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
  const colon = text.indexOf(':');
  if (colon === -1) return [text, ''];
  return [text.slice(0, colon), text.slice(colon + 1).replace(/^ /, '')];
}

/** The same event with other data, which is one line. */
export function withData(bytes: Buffer, data: string): Buffer {
  let isWritten = false;
  const text = bytes.toString().replaceAll(LINES, (whole, line: string, ending: string) => {
    const [name] = toField(line);
    if (name !== 'data') return whole;
    const mark = line.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    const written = isWritten ? mark : `${mark}data: ${data}${ending}`;
    isWritten = true;
    return written;
  });
  return Buffer.from(text);
}

/** An event that says a message. */
export function toEvent(message: object, id?: string): string {
  const name = id === undefined ? '' : `id: ${id}\n`;
  return `event: message\n${name}data: ${JSON.stringify(message)}\n\n`;
}
