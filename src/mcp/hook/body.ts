import type { IncomingMessage } from 'node:http';

/** Larger bodies are not looked at, in bytes. */
export const LARGEST_BODY = 4 * 1024 * 1024;

const bodies = new WeakMap<IncomingMessage, Body>();

/**
 * Notes the body of a request on its way to the app, which reads it as ever. From Node 20 to 24 the parser
 * hands each part to `push` of the request, after the app has heard of it, and `null` at the end; pinned by
 * `test/mcp/hook.test.ts`. Without it no body is seen, and nothing of MCP is held over.
 *
 * @returns the same for each call: whoever comes later sees all of it, too
 */
export function noteBody(request: IncomingMessage): Body {
  const known = bodies.get(request);
  if (known) return known;
  const body = new Body(request);
  bodies.set(request, body);
  return body;
}

/** The body of a request, as far as it has come. */
class Body {
  /** While nobody reads, all of a body that is looked at is taken, more than Node would. */
  isHeld = false;
  #parts: Buffer[] = [];
  #size = 0;
  #isAll = false;
  #text: string | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(request: IncomingMessage) {
    const push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      const isTaken = this.#note(chunk);
      if (this.#isSettled && request.push === push) Reflect.deleteProperty(request, 'push');
      const wantsMore = Reflect.apply(inherited, request, [chunk, encoding]) as boolean;
      return wantsMore || (isTaken && this.isHeld);
    };
    const { push: inherited } = request;
    Object.defineProperty(request, 'push', { value: push, configurable: true, writable: true });
  }

  /** All of it; `undefined` before all has come, and where it is too large. */
  get text(): string | undefined {
    if (!this.#isAll) return undefined;
    this.#text ??= Buffer.concat(this.#parts.splice(0)).toString();
    return this.#text;
  }

  /** Calls back when all of it has come, or it is too large: at once where that is so. */
  whenSettled(callback: () => void): void {
    if (this.#isSettled) callback();
    else this.#waiting.push(callback);
  }

  get #isSettled(): boolean {
    return this.#isAll || this.#size > LARGEST_BODY;
  }

  /** @returns whether it was kept */
  #note(chunk: unknown): boolean {
    if (this.#isSettled) return false;
    if (chunk === null) this.#isAll = true;
    else if (chunk instanceof Uint8Array) {
      this.#size += chunk.length;
      if (this.#size <= LARGEST_BODY) this.#parts.push(Buffer.from(chunk)); // the app may change it
      else this.#parts = [];
    }
    if (this.#isSettled) for (const callback of this.#waiting.splice(0)) callback();
    return !this.#isSettled;
  }
}

export type { Body };
