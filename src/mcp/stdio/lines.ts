const NEWLINE = 10;

/** Puts lines together from chunks, and calls `onLine` with each, including its newline. */
export class Lines {
  readonly #onLine: (line: Buffer) => void;
  #parts: Buffer[] = [];

  constructor(onLine: (line: Buffer) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#endLine(chunk.subarray(from, at + 1));
      from = at + 1;
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from));
  }

  /** The stream has ended. What it has sent since its last newline is a line, too. */
  end(): void {
    if (this.#parts.length > 0) this.#endLine(Buffer.from('\n'));
  }

  #endLine(last: Buffer): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#onLine(parts.length > 0 ? Buffer.concat([...parts, last]) : last);
  }
}
