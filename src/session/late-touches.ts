import { andThen, type Eventually } from './eventually.ts';

/** How long the write of a touch may wait, in milliseconds. */
const LATEST = 1000;

/** Those with touches that wait. */
const waiting = new Set<LateTouches>();

function writeAll(): void {
  for (const touches of waiting) touches.write();
}

/**
 * Touches that count at once in this process and are written within a second, one for all of an id: a
 * rolling session is touched on every request. What waits when the process ends is written before, where
 * that needs no server.
 */
export class LateTouches {
  readonly #write: (id: string, ttl: number) => Eventually<void>;
  readonly #expiries = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param write moves the expiry of a session in its storage to `ttl` milliseconds from now */
  constructor(write: (id: string, ttl: number) => Eventually<void>) {
    this.#write = write;
  }

  /** When a session expires that was touched and whose touch waits, in milliseconds since the epoch. */
  expiryOf(id: string): number | undefined {
    return this.#expiries.get(id);
  }

  has(id: string): boolean {
    return this.#expiries.has(id);
  }

  add(id: string, expires: number): void {
    this.#expiries.set(id, expires);
    this.#timer ??= setTimeout(() => this.write(), LATEST).unref();
    if (waiting.size === 0) process.on('exit', writeAll);
    waiting.add(this);
  }

  delete(id: string): void {
    this.#expiries.delete(id);
  }

  clear(): void {
    this.#expiries.clear();
  }

  /** Writes all that wait. */
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    waiting.delete(this);
    if (waiting.size === 0) process.off('exit', writeAll);
    for (const [id, expires] of this.#expiries) {
      const forget = (): void => {
        if (this.#expiries.get(id) === expires) this.#expiries.delete(id);
      };
      try {
        const written = andThen(this.#write(id, Math.max(1, expires - Date.now())), forget);
        // The expiry that is stored is at most 1 % short, and the next touch is written.
        if (written instanceof Promise) written.catch(forget);
      } catch {
        forget();
      }
    }
  }
}
