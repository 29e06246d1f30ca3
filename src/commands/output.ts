import { once } from 'node:events';

/** How much is printed at a time, in characters. */
const CHUNK = 16 * 1024;

/** Prints many lines to stdout, as fast as they are taken there. */
export class Output {
  #waiting = '';

  constructor() {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0); // the reader has seen enough, as `head` does
      throw error;
    });
  }

  async line(text: string): Promise<void> {
    this.#waiting += `${text}\n`;
    if (this.#waiting.length >= CHUNK) await this.end();
  }

  /** Prints what is left. */
  async end(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = '';
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}
