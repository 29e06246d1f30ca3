import type { IncomingMessage } from 'node:http';

/** Larger bodies are not read here. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * The body of a request, read on its way to the app. From Node 20 to 24 the parser hands each chunk to `push` of
 * the request after the app has heard of it, and `null` at the end. Where that is not so, no body is read and no
 * session is held over.
 */
export class Body {
  /** While nobody reads, Node stops after 16 kB. While it is held, all of it is taken. */
  isHeld = false;
  #chunks: Buffer[] = [];
  #size = 0;
  #isWhole = false;
  #text: string | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(request: IncomingMessage) {
    const { push: inherited } = request;
    const push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (!this.isSettled) this.#take(chunk);
      if (this.isSettled && request.push === push) Reflect.deleteProperty(request, 'push');
      const wantsMore = Reflect.apply(inherited, request, [chunk, encoding]) as boolean;
      return wantsMore || (this.isHeld && !this.isSettled);
    };
    Object.defineProperty(request, 'push', { value: push, configurable: true, writable: true });
  }

  /** All of it, or undefined before all has come and where it is too large. */
  get text(): string | undefined {
    if (!this.#isWhole) return undefined;
    this.#text ??= Buffer.concat(this.#chunks.splice(0)).toString();
    return this.#text;
  }

  /** Whether all has come, or it is too large. */
  get isSettled(): boolean {
    return this.#isWhole || this.#size > MAX_BODY_BYTES;
  }

  /** Resolves when it is settled, and after some milliseconds at the latest. */
  settled(within: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, within);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
      if (this.isSettled) this.#wake();
    });
  }

  #take(chunk: unknown): void {
    if (chunk === null) this.#isWhole = true;
    else if (chunk instanceof Uint8Array) {
      this.#size += chunk.length;
      this.#chunks.push(Buffer.from(chunk)); // a copy: the app may change its own
    }
    if (this.isSettled) this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
