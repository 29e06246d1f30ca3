import { logToTerminal } from '../../options/terminal.ts';
import type { Eventually } from '../../session/eventually.ts';
import { defer } from '../../session/timers.ts';

export type Callback = (...words: unknown[]) => void;

/** What a call on a store writes, and who is told when it is written. */
export class Writes {
  #outcomes: Eventually<unknown>[] = [];
  #error: unknown;

  /** Writes. An error of it is told later. */
  add(write: () => Eventually<unknown>): void {
    try {
      this.#outcomes.push(write());
    } catch (error) {
      this.#error ??= error;
    }
  }

  /** A callback that is called with the same words, but when all is written: with the error of a write. */
  before(callback: unknown): Callback {
    return (...words) => {
      const succeed = (): void => call(callback, ...words);
      const waiting = this.#outcomes.filter((outcome) => outcome instanceof Promise);
      if (this.#error !== undefined) fail(callback, this.#error);
      else if (waiting.length === 0) succeed();
      else Promise.all(waiting).then(() => process.nextTick(succeed), failLater(callback));
    };
  }
}

/** Goes on when something is read; an error of that is the callback's. */
export function whenRead(read: () => Eventually<void>, callback: unknown, goOn: () => void): void {
  let outcome: Eventually<void>;
  try {
    outcome = read();
  } catch (error) {
    defer(() => fail(callback, error));
    return;
  }
  if (outcome instanceof Promise) outcome.then(() => process.nextTick(goOn), failLater(callback));
  else goOn();
}

/** What a callback throws is no rejection. */
function failLater(callback: unknown): (error: unknown) => void {
  return (error) => process.nextTick(() => fail(callback, error));
}

/** Without a callback nobody waits for a failure, which a memory store never has: it is said. */
function fail(callback: unknown, error: unknown): void {
  if (typeof callback === 'function') call(callback, error);
  else logToTerminal((error as Error).message);
}

function call(callback: unknown, ...words: unknown[]): void {
  if (typeof callback === 'function') (callback as Callback)(...words);
}
