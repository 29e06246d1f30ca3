import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import type { Child, Exit } from '../process/child.ts';
import type { Key } from '../protocol.ts';

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

/** By these Node puts the terminal back itself. */
const ORDERLY = new Set<unknown>(['SIGINT', 'SIGTERM', null]);

/** How long a command may take, in milliseconds. */
const WITHIN = 5000;

/** The terminal that the app and its supervisor share; one of them reads it at a time. */
export class Terminal {
  readonly #onKey: (key: Key) => void;
  readonly #mode = readMode();
  #stream: ReadStream | undefined;

  constructor(onKey: (key: Key) => void) {
    this.#onKey = onKey;
  }

  /** Reads it, as no app does. */
  read(): void {
    this.#stream ??= openTerminal()?.on('data', (input) => {
      const key = toKey(input);
      if (key) this.#onKey(key);
    });
  }

  /** From now on it is the app's. */
  leave(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  /** Puts it back into the mode that it had at the start, when an app could not that was killed. */
  restore({ signal }: Exit): void {
    if (this.#mode === undefined || ORDERLY.has(signal)) return;
    // In the background it would be stopped, and all of its group.
    const command = `trap '' TTOU; exec stty "$0"`;
    spawnSync('sh', ['-c', command, this.#mode], { stdio: ['inherit'], timeout: WITHIN });
  }
}

/** The mode of the terminal, as `stty` takes it; `undefined` where there is no `stty`. */
function readMode(): string | undefined {
  const { stdout } = spawnSync('stty', ['-g'], { stdio: ['inherit', 'pipe'], timeout: WITHIN });
  return stdout?.toString().trim() || undefined;
}

const TERMINAL = process.platform === 'win32' ? 'CONIN$' : '/dev/tty';

/**
 * Opens the terminal anew, paused. What this process inherits, and hands on, is one open file for all of
 * them: each new child makes it a blocking one, and a reader of it would wait in the kernel.
 *
 * @returns `undefined` when this process has none
 */
export function openTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync(TERMINAL, 'r')).on('error', () => {}); // it has gone
  } catch {
    return undefined;
  }
}

/** What was pressed that holdover knows, if it was nothing else: Enter, or `f` and Enter. */
export function toKey(input: Buffer): Key | undefined {
  const [line, pressed] = /^([fF]?)\r?\n$/.exec(input.toString()) ?? [];
  if (line === undefined) return undefined;
  return pressed === '' ? 'enter' : 'forget';
}
