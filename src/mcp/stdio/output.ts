import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { Lines } from './lines.ts';

const NEWLINE = 10;

/** How long stdout may be silent after the process has ended: a child of it may keep the pipe open. */
const SILENT_MS = 500;

/** How much of the end of stderr is kept. */
const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 20;

/** What a process of the app prints. */
export interface Printing {
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
}

/** What one process of the app prints. It is passed on byte by byte until `takeLines` is called. */
export class Output {
  readonly stdout: Readable & { bytesRead?: number };
  readonly stderr: Readable | undefined;
  /** Resolves when stdout, or stderr, is closed and read to its end. */
  readonly isRead: Promise<void>;
  readonly areErrorsRead: Promise<void>;
  #lines: Lines | undefined;
  #isMidLine = false;
  #tail = Buffer.alloc(0);

  constructor({ stdout, stderr }: Printing) {
    this.stdout = stdout as Readable;
    this.stderr = stderr;
    this.isRead = read(this.stdout, (data) => this.#take(data));
    this.stdout.on('end', () => this.#lines?.end());
    this.areErrorsRead = stderr
      ? read(stderr, (data) => {
          this.#tail = Buffer.from(Buffer.concat([this.#tail, data]).subarray(-TAIL_BYTES));
          passOn(stderr, process.stderr, data);
        })
      : Promise.resolve();
  }

  /** Gives what is printed to stdout from now on to `lines`. A line that has begun is ended. */
  takeLines(lines: Lines): void {
    this.#lines = lines;
    if (this.#isMidLine) process.stdout.write('\n');
  }

  /** The last lines of stderr without colours. The first one is left out where it may be cut. */
  get tail(): string {
    const lines = stripVTControlCharacters(this.#tail.toString()).trimEnd().split('\n');
    if (this.#tail.length === TAIL_BYTES && lines.length > 1) lines.shift();
    return lines.slice(-TAIL_LINES).join('\n');
  }

  /** Waits until all of stdout is read. A client that reads slowly slows this down, too. */
  async untilRead(): Promise<void> {
    for (;;) {
      const { bytesRead } = this.stdout;
      if (await isSettled(this.isRead, SILENT_MS)) return;
      if (!this.stdout.isPaused() && this.stdout.bytesRead === bytesRead) return;
    }
  }

  #take(data: Buffer): void {
    if (this.#lines) return this.#lines.push(data);
    this.#isMidLine = data.at(-1) !== NEWLINE;
    passOn(this.stdout, process.stdout, data);
  }
}

/** Writes data of one stream to another, and pauses the first while the other is full. */
export function passOn(from: Readable, to: Writable, data: Buffer | string): void {
  if (!to.writable || to.write(data) || from.isPaused()) return;
  from.pause();
  to.once('drain', () => from.resume());
}

/** Waits for a promise, no longer than for some milliseconds. Returns whether it is settled by then. */
export async function isSettled(promise: Promise<unknown>, within: number): Promise<boolean> {
  const stop = new AbortController();
  const late = delay(within, false, { signal: stop.signal }).catch(() => false);
  const isInTime = await Promise.race([promise.then(() => true), late]);
  stop.abort();
  return isInTime;
}

/** Resolves when the stream is closed. */
function read(stream: Readable, onData: (data: Buffer) => void): Promise<void> {
  stream.on('data', onData);
  stream.on('error', () => {}); // 'close' follows
  return new Promise((resolve) => stream.once('close', () => resolve()));
}
