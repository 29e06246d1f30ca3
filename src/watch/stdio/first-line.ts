import { parseMessages } from '../../mcp/messages/json-rpc.ts';

const NEWLINE = 10;
const BRACE = '{'.charCodeAt(0);

/** The first message of a client is an `initialize`: a longer line is not the first one. In bytes. */
const LONGEST = 1024 * 1024;

/** Tells by its first line whether a client of MCP speaks. */
export class FirstLine {
  #come = Buffer.alloc(0);

  /** How much has come before it was known, in bytes. */
  get length(): number {
    return this.#come.length;
  }

  /** @returns undefined while it is not known */
  add(input: Buffer): boolean | undefined {
    const all = Buffer.concat([this.#come, input]);
    const end = all.indexOf(NEWLINE);
    const isKnown = end !== -1 || all[0] !== BRACE || all.length > LONGEST;
    if (!isKnown) {
      this.#come = all;
      return undefined;
    }
    return (
      all[0] === BRACE && parseMessages(all.subarray(0, Math.max(0, end)).toString()) !== undefined
    );
  }

  /** All that has come, with the last of it. */
  with(input: Buffer): Buffer {
    return Buffer.concat([this.#come, input]);
  }
}
