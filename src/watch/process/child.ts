import { spawn, type ChildProcess, type SendHandle } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { toLoadedFiles, toPaths } from '../files.ts';
import type { Handle } from '../handle.ts';
import {
  hear,
  HEARS_WITHIN,
  INTERNAL,
  isOurs,
  type ChildHandlers,
  type Forgotten,
  type SupervisorMessage,
} from '../protocol.ts';
import { resolveChildEnvironment } from '../supervision.ts';
import { waitWithin } from '../timing.ts';

/** How a process has ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How an app is ended. */
export interface Ending {
  /** `undefined` when the app has had it already, from its terminal. */
  signal: NodeJS.Signals | undefined;
  /** How long it may take, in milliseconds. */
  grace: number;
  /** How long what is in flight may be answered before the signal comes, in milliseconds; 0 is not. */
  drain: number;
  /** Settled when what is in flight elsewhere than on sockets is answered; the signal waits for that, too. */
  answered?: Promise<void> | undefined;
  /** It was told to end, which takes it a while. */
  onSignal: () => void;
  /** It did not end within its grace. */
  onKill: () => void;
}

/** What runs, `node [nodeFlags] entry [args]`, and where. */
export interface ChildOptions {
  nodeFlags: string[];
  /** Absolute. */
  entry: string;
  args: string[];
  /** The root of the project, absolute. */
  root: string;
  /** Whether the sockets of the app outlive it. */
  hold: boolean;
  /** Who passes on what the app prints; otherwise it prints to what this process prints to. */
  reader?: OutputReader | undefined;
}

/** What a process prints, where it is piped. */
export interface Printing {
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
}

/** Passes on what an app prints to stdout, and to stderr where that is piped. */
export interface OutputReader {
  readonly stderr: 'pipe' | 'inherit';
  /** A process was started, and nothing that it has printed is read. */
  onSpawn: (process: Printing) => void;
}

/** How long an app has after a signal that it should have had before, in milliseconds. */
const LAST_CHANCE = 1000;

/** How long after the end of a process to wait for its last words, in milliseconds. */
const LAST_WORDS = 500;

/** The exit code that stands for an end, as shells count: 128 and the number of the signal. */
export function toExitCode({ code, signal }: Exit): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

/** One process of the app: it waits until it is told to go, and then runs the entry. */
export class Child implements Printing {
  readonly exited: Promise<Exit>;
  /** When it began to run the entry, in milliseconds since the epoch. */
  startedAt = Date.now();
  /** The files that it has read before it was told to go, and since when it may have. */
  readonly read: { paths: string[]; since: number } = { paths: [], since: Date.now() };
  /** When it has ended, in milliseconds since the epoch. */
  exitedAt: number | undefined;
  /** When it was done with what was in flight, in milliseconds since the epoch. */
  drainedAt: number | undefined;
  /** Hears which files it has loaded, absolute. */
  onLoaded: (paths: string[]) => void = () => {};
  /** Settled when all is heard that it has said elsewhere: it has not ended before, or not long. */
  readonly lastWords: Promise<unknown>[] = [];
  /** All hear what it says, one after the other. */
  handlers: ChildHandlers[] = [];
  readonly #process: ChildProcess;
  readonly #own: ChildHandlers = {
    ready: () => this.#ready(),
    loaded: ({ names }) => this.onLoaded(toPaths(names)),
  };
  /** What was said before it could hear. */
  #unsaid: Parameters<Child['send']>[] | undefined = [];
  #stopping: Promise<Exit> | undefined;

  /** @param flags all that Node is given */
  constructor(flags: string[], options: ChildOptions) {
    const { reader } = options;
    const errors = reader?.stderr ?? 'inherit';
    this.#process = spawn(process.execPath, [...flags, options.entry, ...options.args], {
      stdio: [isatty(0) ? 'inherit' : 'pipe', reader ? 'pipe' : 'inherit', errors, 'ipc'],
      env: resolveChildEnvironment(options),
    });
    reader?.onSpawn(this);
    this.#process.on('message', (message) => this.onLoaded(toLoadedFiles(message)));
    this.#process.on('internalMessage', (message: unknown, handle?: Handle) => {
      if (!isOurs(message)) return;
      for (const handlers of [this.#own, ...this.handlers]) hear(message, handle, handlers);
    });
    this.exited = new Promise((resolve) => {
      this.#process.once('exit', async (code, signal) => {
        this.exitedAt = Date.now();
        // What it has said last may come after its end.
        const isDisconnected = this.#process.connected ? this.#isDisconnected() : undefined;
        await waitWithin(LAST_WORDS, Promise.all([isDisconnected, ...this.lastWords]));
        resolve({ code, signal });
      });
      // Node cannot be started, or cannot be signalled any more: the run is over.
      this.#process.on('error', () => resolve({ code: 1, signal: null }));
    });
    this.stdin?.on('error', () => {}); // the app has closed it, or has ended
  }

  get pid(): number {
    return this.#process.pid as number; // which is undefined where Node cannot be started
  }

  /**
   * Runs the entry, as soon as the process is ready for it.
   *
   * @param forgotten what has changed since it was told what to prepare
   * @param forgetState whether nothing of the last run's memory is put back
   */
  go(forgotten: Forgotten, forgetState: boolean): void {
    this.startedAt = Date.now();
    this.send({ holdover: 'go', forgotten, forgetState });
  }

  /**
   * Tells the process something; when it has ended, nobody hears it.
   *
   * @param onSent called when it is with the kernel: a handle must not be closed before, as Node keeps
   * one back while another is on its way
   */
  send(message: SupervisorMessage, handle?: Handle, onSent = (): void => {}): void {
    if (this.#unsaid) return void this.#unsaid.push([message, handle, onSent]);
    if (!this.#process.connected) return;
    this.#process.send(
      { ...INTERNAL, ...message },
      handle as unknown as SendHandle,
      { keepOpen: true },
      () => onSent(),
    );
  }

  /**
   * Asks the app to end, and kills it when it has not within its grace. Asking again changes nothing:
   * the grace runs from the first time.
   *
   * @returns how it has ended
   */
  stop(ending: Ending): Promise<Exit> {
    this.#stopping ??= this.#stop(ending);
    return this.#stopping;
  }

  /** Whether it hears what it is told: before, nothing of the app has run. */
  get isReady(): boolean {
    return this.#unsaid === undefined;
  }

  /** Whether it was asked to end. */
  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** What the app reads where it has no terminal of its own. */
  get stdin(): Writable | undefined {
    return this.#process.stdin ?? undefined;
  }

  get stdout(): Readable | undefined {
    return this.#process.stdout ?? undefined;
  }

  get stderr(): Readable | undefined {
    return this.#process.stderr ?? undefined;
  }

  /** Ends the app at once. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #isDisconnected(): Promise<void> {
    return new Promise((resolve) => this.#process.once('disconnect', resolve));
  }

  #ready(): void {
    const unsaid = this.#unsaid ?? [];
    this.#unsaid = undefined;
    for (const words of unsaid) this.send(...words);
  }

  async #stop({ signal, grace, drain, answered, onSignal, onKill }: Ending): Promise<Exit> {
    const deadline = performance.now() + grace;
    const isAnswered = answered && waitWithin(grace, answered, this.exited);
    await Promise.all([drain > 0 ? this.#drain(drain, deadline) : undefined, isAnswered]);
    if (drain > 0 || answered) this.drainedAt = Date.now();
    if (signal) this.#process.kill(signal);
    onSignal();
    const least = drain > 0 || answered ? Math.min(grace, LAST_CHANCE) : 0;
    const left = Math.max(deadline - performance.now(), least);
    if (await waitWithin(left, this.exited)) return this.exited;
    if (!signal) {
      // Had the app not had the signal after all, it has it now, and a last chance.
      this.#process.kill('SIGTERM');
      if (await waitWithin(LAST_CHANCE, this.exited)) return this.exited;
    }
    onKill();
    this.kill();
    return this.exited;
  }

  async #drain(within: number, deadline: number): Promise<void> {
    const hears = (name: 'opened' | 'draining' | 'drained'): Promise<void> =>
      new Promise((resolve) => (this.#own[name] = () => resolve()));
    const [opened, draining, drained] = [hears('opened'), hears('draining'), hears('drained')];
    const ends = [drained, this.#isDisconnected(), this.exited];
    this.send({ holdover: 'drain' });
    if (!this.#process.connected) return;
    const isHeard = await waitWithin(Math.min(within, HEARS_WITHIN), draining, opened, ...ends);
    // One that begins to listen just now accepts those who have waited, and answers them.
    if (isHeard && (await waitWithin(within, opened, ...ends)))
      await waitWithin(deadline - performance.now(), ...ends);
  }
}
