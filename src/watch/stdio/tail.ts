import { stripVTControlCharacters } from 'node:util';

/** So much of what comes is kept, in bytes and in lines. */
const BYTES = 8 * 1024;
const LINES = 20;

/** The end of all that an app has printed. */
export class Tail {
  #end = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#end = Buffer.from(Buffer.concat([this.#end, chunk]).subarray(-BYTES));
  }

  /** Its last lines without colours, whole ones where they are not longer than what is kept. */
  toString(): string {
    const isCut = this.#end.length === BYTES;
    const lines = stripVTControlCharacters(this.#end.toString()).trimEnd().split('\n');
    return lines
      .slice(isCut && lines.length > 1 ? 1 : 0)
      .slice(-LINES)
      .join('\n');
  }
}
