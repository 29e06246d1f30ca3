import type { Child } from '../process/child.ts';
import { FileMarks } from './file-marks.ts';
import type { Given } from './memory.ts';

/** A process that takes longer to be ready than saves may come is not the only one, in milliseconds. */
const SLOW = 400;

/** So long after the last start there may be a second one, in milliseconds. */
const BUSY = 60_000;

/** A process that waits, and what it was given to prepare. */
export interface Waiting {
  child: Child;
  given: Given;
  /** What it has read before it runs the entry, beside modules. */
  read: FileMarks;
}

/**
 * Keeps the next process of the app ready: it has loaded Node, tsx and the hooks, has read what the last
 * run has shown, and waits. One that has read something that has changed since never runs the app.
 *
 * Where a process takes long to be ready there are two of them while the app is worked on.
 */
export class Standby {
  readonly #spawn: () => Child;
  readonly #files: () => string[];
  readonly #isGood: (given: Given) => boolean;
  #waiting: readonly Waiting[] = [];
  /** How long the last one took until it was ready, in milliseconds. */
  #took = 0;
  #busyUntil = performance.now() + BUSY;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param files what a process reads before it runs the entry, beside the modules that it loads
   * @param isGood whether the packages are as they were when a process was given something
   */
  constructor(spawn: () => Child, files: () => string[], isGood: (given: Given) => boolean) {
    this.#spawn = spawn;
    this.#files = files;
    this.#isGood = isGood;
  }

  /** Starts a process, unless enough of them wait that are still good. */
  prepare(give: () => Given): void {
    this.#keepGood();
    const isWanted = this.#waiting.length === 0 || (this.#isSlow() && this.#waiting.length < 2);
    if (isWanted) this.#start(give);
  }

  /** The process that waits longest and has read nothing that has changed. */
  take(): Waiting | undefined {
    this.#busyUntil = performance.now() + BUSY;
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
    const waiting = { child, given, read };
    this.#waiting = [...this.#waiting, waiting];
    const began = performance.now();
    child.onLoaded = (paths) => {
      read.add(paths, child.startedAt);
      child.read.paths.push(...paths);
    };
    const prepared = (): void => {
      this.#took = performance.now() - began;
      this.#prepared(give);
    };
    child.handlers = [{ prepared }];
    void child.exited.then(() => this.#forget(waiting));
  }

  /** A second one begins when the first is ready: side by side both would be late. */
  #prepared(give: () => Given): void {
    if (!this.#isSlow()) return;
    this.prepare(give);
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#busyUntil - performance.now());
    this.#timer = setTimeout(() => this.#endSpare(), left).unref();
  }

  #endSpare(): void {
    const [, spare] = this.#waiting;
    if (spare && !this.#isSlow()) this.#end(spare);
  }

  #isSlow(): boolean {
    return this.#took > SLOW && performance.now() < this.#busyUntil;
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
