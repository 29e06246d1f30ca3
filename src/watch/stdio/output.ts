import type { Readable } from 'node:stream';
import type { Printing } from '../process/child.ts';
import { waitWithin } from '../wait-within.ts';
import type { Lines } from './lines.ts';
import { passOn } from './pass-on.ts';
import { Tail } from './tail.ts';

const NEWLINE = 10;

/** So long nothing may come of what has ended, in milliseconds: what it has started may hold its stdout. */
const SILENT = 500;

/** What one process of the app prints: it is passed on as it is, until its lines are taken. */
export class Output {
  readonly stdout: Readable & { bytesRead?: number };
  readonly stderr: Readable | undefined;
  /** The end of what it has printed to stderr. */
  readonly tail = new Tail();
  /** All that was printed to stdout is read. */
  readonly isRead: Promise<unknown>;
  /** All that was printed to stderr is read. */
  readonly areErrorsRead: Promise<unknown>;
  #lines: Lines | undefined;
  #isMidLine = false;

  constructor({ stdout, stderr }: Printing) {
    this.stdout = stdout as Readable;
    this.stderr = stderr;
    this.isRead = hear(this.stdout, (data) => this.#hear(data));
    this.stdout.on('end', () => this.#lines?.end());
    this.areErrorsRead = Promise.resolve();
    if (!stderr) return;
    this.areErrorsRead = hear(stderr, (data) => {
      this.tail.add(data);
      passOn(stderr, process.stderr, data);
    });
  }

  /** From now on its lines are not passed on any more. */
  takeLines(lines: Lines): void {
    this.#lines = lines;
    if (this.#isMidLine) process.stdout.write('\n');
  }

  /** Waits until all is read, at the speed of who reads it here. */
  async untilRead(): Promise<void> {
    for (;;) {
      const { bytesRead } = this.stdout;
      if (await waitWithin(SILENT, this.isRead)) return;
      if (!this.stdout.isPaused() && this.stdout.bytesRead === bytesRead) return;
    }
  }

  #hear(data: Buffer): void {
    if (this.#lines) return this.#lines.push(data);
    this.#isMidLine = data.at(-1) !== NEWLINE;
    passOn(this.stdout, process.stdout, data);
  }
}

/** @returns when there is no more to hear */
function hear(stream: Readable, onData: (data: Buffer) => void): Promise<unknown> {
  stream.on('data', onData);
  stream.on('error', () => {}); // then it closes
  return new Promise((resolve) => stream.once('close', resolve));
}
