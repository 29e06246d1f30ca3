const NEWLINE = 10;

/** A line that is longer is no message that anybody reads: SDKs end at 10 MB. In bytes. */
const LONGEST = 64 * 1024 * 1024;

/** So much is kept of the beginning and of the end of one that is too long, in bytes. */
const EDGE = 1024;

/** Puts lines together from what comes piece by piece. */
export class Lines {
  readonly #onLine: (line: Buffer) => void;
  readonly #onTooLong: (edges: string) => void;
  #parts: Buffer[] = [];
  #length = 0;

  /**
   * @param onLine gets each line with its end
   * @param onTooLong gets the beginning and the end of a line that was dropped
   */
  constructor(onLine: (line: Buffer) => void, onTooLong: (edges: string) => void) {
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#add(chunk.subarray(from, at + 1));
      this.#endLine();
      from = at + 1;
    }
    if (from < chunk.length) this.#add(chunk.subarray(from));
  }

  /** Nothing more comes: what is there is a line, too. */
  end(): void {
    if (this.#length === 0) return;
    this.#add(Buffer.from('\n'));
    this.#endLine();
  }

  #add(part: Buffer): void {
    this.#length += part.length;
    this.#parts.push(part);
    if (this.#length <= LONGEST) return;
    const all = Buffer.concat(this.#parts);
    this.#parts = [Buffer.from(all.subarray(0, EDGE)), Buffer.from(all.subarray(-EDGE))];
  }

  #endLine(): void {
    const line = Buffer.concat(this.#parts);
    const isTooLong = this.#length > LONGEST;
    this.#parts = [];
    this.#length = 0;
    if (isTooLong) this.#onTooLong(line.toString());
    else this.#onLine(line);
  }
}
