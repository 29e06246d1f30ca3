import { spawn, type ChildProcess } from 'node:child_process';
import { currentLifetime } from './lifetime.ts';
import { poll } from './poll.ts';

/** A process that a test has started, with everything it has printed. */
export class Running {
  readonly #process: ChildProcess;
  #output = '';
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(child: ChildProcess) {
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  get output(): string {
    return this.#output;
  }

  /** What it has printed since. */
  outputSince(length: number): string {
    return this.#output.slice(length);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  type(text: string): void {
    this.#process.stdin?.write(text);
  }

  /** Waits until it has printed something. */
  async printed(text: string | RegExp, since = 0): Promise<void> {
    await poll(() => {
      const output = this.#output.slice(since);
      return typeof text === 'string' ? output.includes(text) : text.test(output);
    }).catch((error: Error) => {
      throw new Error(`${error.message}\nIt has printed:\n${this.#output}`, { cause: error });
    });
  }
}

/**
 * Starts a process; it and everything that it has started ends with the test, or with the tests that share it.
 * When one fails, what it has printed is shown: a failure on another machine may not come again here.
 */
export function start(
  command: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
  lifetime = currentLifetime(),
): Running {
  const child = spawn(command, args, {
    cwd: options.cwd,
    // The depth of the tests is no matter of an app: its name looks like one of ours.
    env: {
      ...process.env,
      HOLDOVER_TESTS: undefined,
      NO_COLOR: '1',
      FORCE_COLOR: '0',
      ...options.env,
    },
    stdio: 'pipe',
    detached: true, // a group of its own, so that all of it can be ended
  });
  lifetime.atEnd(() => killGroup(child.pid as number));
  const running = new Running(child);
  lifetime.onFailure(() => {
    console.log(`${[command, ...args].join(' ').slice(0, 200)}\nhas printed:\n${running.output}`);
  });
  return running;
}

/** `kill -9` of a process and everything that it has started. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
