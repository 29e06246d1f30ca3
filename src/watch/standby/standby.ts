import type { Child } from '../process/child.ts';
import { toDependencies } from '../changes/loaded-files.ts';
import { isChildMessage } from '../protocol.ts';
import { FileMarks } from './file-marks.ts';
import type { Forgotten } from './learned.ts';
import type { Given } from './memory.ts';

/** A process that takes longer to be ready than saves may come is not the only one, in milliseconds. */
const SLOW = 400;

/** So long after the last start there may be a second one, in milliseconds. */
const BUSY = 60_000;

/** What a run begins with. */
export interface Taken {
  child: Child;
  forgotten: Forgotten;
}

/** A process that waits. */
interface Waiting {
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
  readonly #spawn: (given: Given) => Child;
  readonly #files: () => string[];
  #waiting: readonly Waiting[] = [];
  /** How long the last one took until it was ready, in milliseconds. */
  #took = 0;
  #busyUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param files what a process reads before it runs the entry, beside the modules that it loads */
  constructor(spawn: (given: Given) => Child, files: () => string[]) {
    this.#spawn = spawn;
    this.#files = files;
  }

  /** Starts a process, unless enough of them wait that are still good. */
  prepare(given: Given): void {
    for (const waiting of this.#waiting) if (!isGood(waiting)) this.#end(waiting);
    const isWanted = this.#waiting.length === 0 || (this.#isSlow() && this.#waiting.length < 2);
    if (isWanted) this.#start(given);
  }

  /** The process that waits longest and has read nothing that has changed. */
  take(): Taken | undefined {
    this.#busyUntil = performance.now() + BUSY;
    for (;;) {
      const [waiting] = this.#waiting;
      if (!waiting) return undefined;
      this.#forget(waiting);
      const { child, given, read } = waiting;
      if (read.areAsMarked()) return { child, forgotten: given.findForgotten() };
      child.kill();
    }
  }

  /** Ends those that have read packages as they are no more: to be called before `take`. */
  check(): void {
    for (const waiting of this.#waiting) {
      if (!waiting.given.arePackagesSame()) this.#end(waiting);
    }
  }

  /** Ends all processes that wait. */
  discard(): void {
    clearTimeout(this.#timer);
    for (const waiting of this.#waiting) this.#end(waiting);
  }

  #start(given: Given): void {
    const read = new FileMarks();
    read.add(this.#files(), Infinity);
    const child = this.#spawn(given);
    const waiting = { child, given, read };
    this.#waiting = [...this.#waiting, waiting];
    const began = performance.now();
    child.onMessage = (message) => {
      const { imported, required } = toDependencies(message);
      const paths = [...imported, ...required];
      read.add(paths, child.startedAt);
      child.read.paths.push(...paths);
      if (!isChildMessage(message) || message.holdover !== 'prepared') return;
      this.#took = performance.now() - began;
      this.#prepared(given);
    };
    void child.exited.then(() => this.#forget(waiting));
  }

  /** A second one begins when the first is ready: side by side both would be late. */
  #prepared(given: Given): void {
    if (!this.#isSlow()) return;
    this.prepare(given);
    clearTimeout(this.#timer);
    const left = this.#busyUntil - performance.now();
    this.#timer = setTimeout(() => this.#endSpare(), left).unref();
  }

  #endSpare(): void {
    const [, spare] = this.#waiting;
    if (spare && !this.#isSlow()) this.#end(spare);
  }

  #isSlow(): boolean {
    return this.#took > SLOW && performance.now() < this.#busyUntil;
  }

  #end(waiting: Waiting): void {
    this.#forget(waiting);
    waiting.child.kill();
  }

  #forget(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
  }
}

function isGood({ given, read }: Waiting): boolean {
  return read.areAsMarked() && given.arePackagesSame();
}
