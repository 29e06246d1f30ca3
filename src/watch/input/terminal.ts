import { spawnSync } from 'node:child_process';
import type { ReadStream } from 'node:tty';
import type { Exit } from '../exit.ts';
import type { Key } from '../protocol.ts';
import { openTerminal, toKey } from './own-terminal.ts';

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
