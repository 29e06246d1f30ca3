import { resolveNodeOptions } from '../../options/environment.ts';
import { Child, type ChildOptions } from '../process/child.ts';
import type { Forgotten, Learned } from '../protocol.ts';
import { FileMarks } from './as-it-was.ts';
import { type Given, Memory } from './memory.ts';
import { canStandBy, findRunner, toNodeFlags } from './runner.ts';
import { isAliased, toStartupFiles } from './startup-files.ts';

/** How the processes of an app are started. */
export interface ProcessOptions extends ChildOptions {
  /** Whether the next process is started in advance. */
  standby: boolean;
  /** Files that count although the app does not load them, absolute. */
  files: string[];
  /** Whether tsx runs the app, whatever its entry is. */
  needsTsx: boolean;
}

/** What a run begins with. */
export interface Next {
  child: Child;
  /** What has changed since it was told what to prepare. */
  forgotten: Forgotten;
}

/** The process of the next run, as far ahead as nobody can notice. */
export class NextProcess {
  readonly #options: ProcessOptions;
  readonly #spawn: () => Child;
  readonly #standby: Standby | undefined;
  readonly #memory: Memory;
  #startup = new FileMarks();
  #hasHooks = false;

  /**
   * @param onReady called with a process that is ready for the next run
   * @throws Error, in one sentence, when the app cannot be run
   */
  constructor(options: ProcessOptions, onReady: (child: Child) => void) {
    this.#options = options;
    const { nodeFlags, root, standby } = options;
    const isCalm = canStandBy(nodeFlags, resolveNodeOptions());
    const runner = findRunner(options);
    const flags = toNodeFlags(nodeFlags, runner);
    this.#memory = new Memory(root, isCalm ? runner.tsx : undefined);
    this.#spawn = () => new Child(flags, options);
    this.#startup.add(this.#files(), Infinity);
    if (standby && isCalm) {
      const isGood = (given: Given): boolean => this.#memory.isGood(given);
      this.#standby = new Standby(this.#spawn, () => this.#files(), isGood, onReady);
    }
  }

  /** The one that waits, or a new one. `check` is to be called before. */
  take(): Next {
    const waiting = this.#standby?.take();
    if (waiting) {
      return { child: waiting.child, forgotten: this.#memory.findForgotten(waiting.given) };
    }
    const child = this.#spawn();
    const given = this.#memory.give();
    child.send({ holdover: 'prepare', preparation: given.preparation });
    return { child, forgotten: this.#memory.findForgotten(given) };
  }

  /** Looks whether what has been read of packages and configurations is as it was. */
  check(): void {
    this.#memory.checkPackages();
    if (this.#startup.findChanged().length === 0) return;
    this.#memory.clear();
    this.#startup = new FileMarks();
    this.#startup.add(this.#files(), Infinity);
  }

  /** Starts the one that will wait, unless there is one that is still good. */
  prepare(): void {
    this.check();
    this.#standby?.prepare(() => this.#memory.give());
  }

  /**
   * Hears what a run has shown.
   *
   * @returns whether it was the first to register loader hooks, and may have had modules that these should
   * have seen
   */
  learn(learned: Learned, startedAt: number): boolean {
    const wasWrong = learned.hasHooks && !this.#hasHooks && this.#memory.isUsed;
    this.#hasHooks = learned.hasHooks;
    this.#memory.learn(learned, startedAt, isAliased(this.#options.entry));
    return wasWrong;
  }

  close(): void {
    this.#standby?.discard();
  }

  #files(): string[] {
    return [...this.#options.files, ...toStartupFiles(this.#options.entry)];
  }
}

/** One process is enough again when nothing was saved for this time, in milliseconds. */
const BUSY = 60_000;

/** A process that waits, and what it was given to prepare. */
export interface Waiting {
  child: Child;
  given: Given;
  /** What it has read before it runs the entry, beside modules. */
  read: FileMarks;
  /** Whether it has prepared all of that. */
  isReady: boolean;
}

/**
 * Keeps the next process of the app ready: it has loaded Node, tsx and the hooks, has read what the last
 * run has shown, and waits. One that has read something that has changed since never runs the app.
 *
 * When a save has come before the next process was ready, there are two of them while the app is worked on.
 */
export class Standby {
  readonly #spawn: () => Child;
  readonly #files: () => string[];
  readonly #isGood: (given: Given) => boolean;
  readonly #onReady: (child: Child) => void;
  #waiting: readonly Waiting[] = [];
  #isFirstStart = true;
  #busyUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param files what a process reads before it runs the entry, beside the modules that it loads
   * @param isGood whether the packages are as they were when a process was given something
   * @param onReady called with a process that has prepared all that it was given
   */
  constructor(
    spawn: () => Child,
    files: () => string[],
    isGood: (given: Given) => boolean,
    onReady: (child: Child) => void,
  ) {
    this.#spawn = spawn;
    this.#files = files;
    this.#isGood = isGood;
    this.#onReady = onReady;
  }

  /**
   * Starts a process, unless enough of them wait that are still good. One that is not ready is waited for:
   * side by side both would be late.
   */
  prepare(give: () => Given): void {
    this.#keepGood();
    const areReady = this.#waiting.every(({ isReady }) => isReady);
    if (areReady && this.#waiting.length < (this.#isBusy ? 2 : 1)) this.#start(give);
  }

  /** The process that waits longest and has read nothing that has changed. */
  take(): Waiting | undefined {
    const isEarly = !this.#isFirstStart && !this.#waiting.some(({ isReady }) => isReady);
    if (isEarly || this.#isBusy) this.#busyUntil = performance.now() + BUSY;
    this.#isFirstStart = false;
    this.#keepGood();
    const [waiting] = this.#waiting;
    if (waiting) this.#forget(waiting);
    return waiting;
  }

  /** Ends all processes that wait. */
  discard(): void {
    clearTimeout(this.#timer);
    for (const waiting of this.#waiting) this.#end(waiting);
  }

  #start(give: () => Given): void {
    const read = new FileMarks();
    read.add(this.#files(), Infinity);
    const child = this.#spawn();
    const given = give(); // while it starts
    child.send({ holdover: 'prepare', preparation: given.preparation });
    const waiting = { child, given, read, isReady: false };
    this.#waiting = [...this.#waiting, waiting];
    child.onLoaded = (paths) => {
      read.add(paths, child.startedAt);
      child.read.paths.push(...paths);
    };
    const prepared = (): void => {
      waiting.isReady = true;
      this.#onReady(child);
      this.#prepared(give);
    };
    child.handlers = [{ prepared }];
    void child.exited.then(() => this.#forget(waiting));
  }

  #prepared(give: () => Given): void {
    if (!this.#isBusy) return;
    this.prepare(give);
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#busyUntil - performance.now());
    this.#timer = setTimeout(() => this.#endSecond(), left).unref();
  }

  #endSecond(): void {
    const [, second] = this.#waiting;
    if (second && !this.#isBusy) this.#end(second);
  }

  /** From a save that found no process ready until nothing is saved for a minute. */
  get #isBusy(): boolean {
    return performance.now() < this.#busyUntil;
  }

  #keepGood(): void {
    for (const waiting of this.#waiting) {
      if (waiting.read.findChanged().length > 0 || !this.#isGood(waiting.given)) this.#end(waiting);
    }
  }

  #end(waiting: Waiting): void {
    this.#forget(waiting);
    waiting.child.kill();
  }

  #forget(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
  }
}
