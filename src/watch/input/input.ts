import { isatty } from 'node:tty';
import type { Child } from '../process/child.ts';
import type { Key } from '../protocol.ts';
import { toKey } from './own-terminal.ts';
import { Terminal } from './terminal.ts';

/** Who takes what comes from a pipe, and its end, in place of the app. */
interface Taker {
  /** @returns whether it is theirs, and what has come before of the same line */
  takes: (input: Buffer) => boolean;
  takesEnd: () => boolean;
}

/**
 * What is typed, or comes from a pipe or a file. A lone Enter restarts; in a terminal `f` and Enter forgets
 * what is kept first. A terminal is the app's, which reads
 * it by itself, while one lives; from a pipe the rest goes to the run that lives, or the next.
 */
export class Input {
  readonly #onKey: (key: Key) => void;
  readonly #terminal: Terminal | undefined;
  readonly #taker: Taker | undefined;
  #child: Child | undefined;
  #kept: Buffer[] = [];
  #isOver = false;

  constructor(onKey: (key: Key) => void, taker?: Taker) {
    this.#onKey = onKey;
    this.#taker = taker;
    if (isatty(0)) this.#terminal = new Terminal(onKey);
    else this.#readPipe();
  }

  /** Gives it to a new run, and what has come while none lived. */
  attach(child: Child): void {
    this.#child = child;
    this.#terminal?.leave();
    for (const input of this.#kept.splice(0)) child.stdin?.write(input);
    if (this.#isOver) child.stdin?.end();
    void child.exited.then((exit) => {
      this.#terminal?.restore(exit);
      if (this.#child !== child) return;
      this.#child = undefined;
      if (!child.isStopping) this.#terminal?.read();
    });
  }

  #readPipe(): void {
    process.stdin.on('data', (input: Buffer) => {
      if (this.#taker?.takes(input)) this.#kept = [];
      else if (toKey(input) === 'enter') this.#onKey('enter');
      else if (this.#child) this.#child.stdin?.write(input);
      else this.#kept.push(input);
    });
    const end = (): void => {
      if (this.#taker?.takesEnd()) return;
      this.#isOver = true;
      this.#child?.stdin?.end();
    };
    process.stdin.on('end', end);
    process.stdin.on('error', end); // nothing to read from
  }
}
