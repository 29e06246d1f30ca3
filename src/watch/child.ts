import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, extname } from 'node:path';
import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { resolveChildEnvironment } from '../options.ts';
import { REPORT_DEPENDENCIES } from './dependencies.ts';

/** What runs: `node [nodeFlags] entry [args]`. */
export interface CommandLine {
  nodeFlags: string[];
  /** Absolute. */
  entry: string;
  args: string[];
}

/** How long an app has after a signal that it should have had before, in milliseconds. */
const LAST_CHANCE = 1000;

/** How a process has ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const TYPESCRIPT = new Set(['.ts', '.tsx', '.mts', '.cts', '.jsx']);
const REGISTER = new URL('../register.js', import.meta.url).href;

/**
 * The flags with which Node runs the entry: holdover's hook first, so that it sees what the user's own
 * `--import` modules load, and tsx for TypeScript.
 *
 * @throws Error, in one sentence, when the entry is TypeScript and tsx is not installed
 */
export function toNodeFlags({ nodeFlags, entry }: CommandLine): string[] {
  const tsx = TYPESCRIPT.has(extname(entry)) ? ['--import', resolveTsx(entry)] : [];
  return ['--import', REGISTER, ...tsx, ...nodeFlags];
}

/** One run of the app. */
export class Child {
  readonly exited: Promise<Exit>;
  readonly startedAt = Date.now();
  readonly #process: ChildProcess;
  #stopping: Promise<Exit> | undefined;

  constructor(
    flags: string[],
    { entry, args }: CommandLine,
    onMessage: (message: unknown) => void,
  ) {
    this.#process = spawn(process.execPath, [...flags, entry, ...args], {
      stdio: [process.stdin.isTTY ? 'inherit' : 'pipe', 'inherit', 'inherit', 'ipc'],
      env: { ...resolveChildEnvironment(), ...REPORT_DEPENDENCIES },
    });
    this.#process.on('message', onMessage);
    this.exited = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => resolve({ code, signal }));
      // Node cannot be started, or cannot be signalled any more: the run is over.
      this.#process.on('error', () => resolve({ code: 1, signal: null }));
    });
  }

  /**
   * Asks the app to end, and kills it when it has not within its grace. Asking again changes nothing:
   * the grace runs from the first time.
   *
   * @param signal `undefined` when the app has had it already, from its terminal
   * @param grace milliseconds
   * @returns how it has ended
   */
  stop(signal: NodeJS.Signals | undefined, grace: number, onKill: () => void): Promise<Exit> {
    this.#stopping ??= this.#stop(signal, grace, onKill);
    return this.#stopping;
  }

  /** What the app reads where it has no terminal of its own. */
  get stdin(): Writable | undefined {
    return this.#process.stdin ?? undefined;
  }

  /** Ends the app at once. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async #stop(
    signal: NodeJS.Signals | undefined,
    grace: number,
    onKill: () => void,
  ): Promise<Exit> {
    if (signal) this.#process.kill(signal);
    let timer = setTimeout(() => {
      // Had the app not had the signal after all, it has it now, and a last chance.
      if (!signal) this.#process.kill('SIGTERM');
      timer = setTimeout(
        () => {
          onKill();
          this.kill();
        },
        signal ? 0 : LAST_CHANCE,
      );
    }, grace);
    return this.exited.finally(() => clearTimeout(timer));
  }
}

/** The exit code that stands for an end, as shells count: 128 and the number of the signal. */
export function toExitCode({ code, signal }: Exit): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

function resolveTsx(entry: string): string {
  for (const base of [`${dirname(entry)}/`, `${process.cwd()}/`, import.meta.url]) {
    try {
      return pathToFileURL(createRequire(base).resolve('tsx')).href;
    } catch {
      // not from here
    }
  }
  throw new Error(
    `tsx is needed to run ${extname(entry)} files. Install it with: npm install -D tsx`,
  );
}
