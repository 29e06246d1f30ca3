import { andThen, type Eventually } from '../eventually.ts';
import { startTimer, stopTimer } from '../timers.ts';

/** How long the write of a touch may wait, in milliseconds. */
const LATEST = 1000;

interface Waiting {
  /** When it shall expire, in milliseconds since the epoch. */
  expires: number;
  /** When it expires as it is stored. */
  stored: number;
}

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
  readonly #write: (id: string) => Eventually<void>;
  readonly #touches = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;

  /** @param write moves the expiry of a session in its storage, if its touch still counts */
  constructor(write: (id: string) => Eventually<void>) {
    this.#write = write;
  }

  /**
   * When a session expires whose touch waits, in milliseconds since the epoch. What another process has
   * stored meanwhile counts, and the touch no more.
   *
   * @param stored when it expires as it is stored
   */
  expiryOf(id: string, stored: number): number | undefined {
    const touch = this.#touches.get(id);
    // A server tells the time that is left, which comes to another millisecond each time.
    const isAsItWas = touch && Math.abs(touch.stored - stored) < LATEST;
    return isAsItWas ? touch.expires : undefined;
  }

  has(id: string): boolean {
    return this.#touches.has(id);
  }

  /** @param stored when the session expires as it is stored, in milliseconds since the epoch */
  add(id: string, expires: number, stored: number): void {
    this.#touches.set(id, { expires, stored });
    this.#timer ??= startTimer(() => this.write(), LATEST).unref();
    if (waiting.size === 0) process.on('exit', writeAll);
    waiting.add(this);
  }

  delete(id: string): void {
    this.#touches.delete(id);
  }

  clear(): void {
    this.#touches.clear();
  }

  /** Writes all that wait. */
  write(): void {
    stopTimer(this.#timer);
    this.#timer = undefined;
    waiting.delete(this);
    if (waiting.size === 0) process.off('exit', writeAll);
    for (const [id, touch] of this.#touches) {
      const forget = (): void => {
        if (this.#touches.get(id) === touch) this.#touches.delete(id);
      };
      try {
        const written = andThen(this.#write(id), forget);
        // The expiry that is stored is at most 1 % short, and the next touch is written.
        if (written instanceof Promise) written.catch(forget);
      } catch {
        forget();
      }
    }
  }
}
