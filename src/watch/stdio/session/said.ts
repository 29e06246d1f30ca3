import {
  isAnswer,
  parseMessages,
  type Message,
  type Request,
} from '../../../mcp/messages/json-rpc.ts';

/** A message, and the line that it came in. */
export interface Said<M extends Message = Message> {
  message: M;
  line: Buffer | string;
}

export type Asked = Said<Request>;

/**
 * The messages of a line; those of a batch go their ways.
 *
 * @returns undefined when it is none
 */
export function toSaid(line: Buffer): Said[] | undefined {
  const text = line.toString();
  const isBatch = text.trimStart().startsWith('[');
  return parseMessages(text)?.map((message) => ({
    message,
    line: isBatch ? toLine(message) : line,
  }));
}

const BRACE = '{'.charCodeAt(0);

/** So many beginnings of a message are looked for in a line that is none. */
const BEGINNINGS = 8;

/**
 * What a server has printed on a line: messages, something else, or something else that has no end of its
 * own before an answer. Other messages are not looked for: a log may have them.
 */
export function toPrinted(line: Buffer): { stray: Buffer; said: Said[] } {
  let at = 0;
  for (let tried = 0; at !== -1 && tried < BEGINNINGS; tried++) {
    const said = toSaid(line.subarray(at));
    if (said && (at === 0 || said.every(({ message }) => isAnswer(message))))
      return { stray: line.subarray(0, at), said };
    at = line.indexOf(BRACE, at + 1);
  }
  return { stray: line, said: [] };
}

/** A message as a line. */
export function toLine(message: Message): string {
  return `${JSON.stringify(message)}\n`;
}
