import { performance } from 'node:perf_hooks';
import { createDebug } from 'obug';
import { startTimer, stopTimer } from '../../session/timers.ts';

const debug = createDebug('holdover:state');

/** A pause is this many times what the last pass has taken of a core: passes take 2 % of one. */
const PAUSE_PER_PASS = 49;

/** The least pause between two passes, in milliseconds. */
const SHORTEST_PAUSE = 200;

/**
 * The longest pause, in milliseconds, whatever a pass takes. With a small snapshot a change is stored within a
 * second, also where the machine is so busy that a pass takes that long.
 */
const LONGEST_PAUSE = 5000;
const LONGEST_SMALL_PAUSE = 400;

/** Of a small snapshot, in characters. */
const SMALL = 1_500_000;

/** A timer of the app must not fall into the same turn of the loop each time: it would not be seen. */
const MOST_APART = 50;

/** How long a pass goes on before others have their turn, in milliseconds. */
const FIRST_SLICE = 30;
/** And after that. */
const SLICE = 20;

/** What a pass does, in steps of a millisecond or so. */
export interface PassOptions {
  /** Looks for what has changed since the last pass, and stores it. @returns the characters stored; 0 for no change */
  pass: () => Generator<void, number>;
  runs: {
    /** Whether there is nothing to do any more. */
    readonly isOver: boolean;
    /** Whether there is something to write that no pass finds. */
    readonly isPutOff: boolean;
  };
  /** Whether the event loop has been active since it was asked last. */
  isActive?: () => boolean;
}

/**
 * Stores what changes while an app runs. One pass after the other compares and writes, whenever the event
 * loop has done anything since the last one; nothing is hooked, and nothing keeps the process alive.
 *
 * A pass is one moment if it takes 30 ms, up to about 1.5 MB of JSON. A longer one goes on in slices of
 * 20 ms, between which the app goes on: then its entries may be from moments of one pass apart.
 */
export function startPasses(options: PassOptions): Passes {
  return new Passes(options);
}

export class Passes {
  readonly #options: PassOptions;
  readonly #isActive: () => boolean;
  #round: Generator<void, void> | undefined;
  /** How much of a core the round has taken by now, in milliseconds. */
  #took = 0;
  #isSliced = false;
  #hasFound = false;
  /** Characters of the last snapshot. */
  #size = 0;
  /** Whether a step is being done: the app may end the process within one. */
  #isBusy = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PassOptions) {
    this.#options = options;
    this.#isActive = options.isActive ?? createActivity();
    this.#wait(SHORTEST_PAUSE);
  }

  /**
   * Stores what has changed until now, at once: with what a pass that is under way has found, and one more
   * in one piece. For the end of the process, and before modules are loaded anew. Never throws.
   */
  flush(): void {
    if (this.#isBusy || this.#isStopped) return;
    if (this.#round) this.#go(Infinity);
    if (this.#options.runs.isOver) return;
    this.#begin();
    this.#go(Infinity);
  }

  /** Ends it, without a pass. */
  stop(): void {
    this.#isStopped = true;
    stopTimer(this.#timer);
  }

  #wait(milliseconds: number): void {
    if (this.#isStopped) return;
    stopTimer(this.#timer);
    const apart = Math.random() * MOST_APART;
    this.#timer = startTimer(() => this.#look(), milliseconds + apart).unref();
  }

  #look(): void {
    const { isOver, isPutOff } = this.#options.runs;
    if (isOver) return;
    // What has changed behind a pass that went in slices is found by the next one.
    const isDue = this.#isActive() || (this.#isSliced && this.#hasFound) || isPutOff;
    if (!isDue) return this.#wait(SHORTEST_PAUSE);
    this.#begin();
    this.#slice(FIRST_SLICE);
  }

  #slice(milliseconds: number): void {
    if (this.#go(milliseconds)) return;
    this.#isSliced = true;
    // An immediate that keeps no process alive would wait for other work.
    this.#timer = startTimer(() => this.#slice(SLICE), 1).unref();
  }

  #begin(): void {
    this.#round = this.#work();
    this.#took = 0;
    this.#isSliced = false;
    this.#hasFound = false;
  }

  *#work(): Generator<void, void> {
    const stored = yield* this.#options.pass();
    this.#hasFound = stored > 0;
    this.#size = stored || this.#size;
  }

  /** Goes on with the round; tells whether it is done. */
  #go(milliseconds: number): boolean {
    const began = performance.now();
    const cpu = process.cpuUsage();
    this.#isBusy = true;
    let isDone = false;
    try {
      do isDone = this.#round?.next().done !== false;
      while (!isDone && performance.now() - began < milliseconds);
    } catch (error) {
      debug('a pass has failed: %o', error);
      isDone = true;
    }
    this.#isBusy = false;
    const { user, system } = process.cpuUsage(cpu);
    this.#took += (user + system) / 1000;
    if (!isDone) return false;
    this.#round = undefined;
    this.#isActive(); // its own turns do not count
    const longest = this.#size <= SMALL ? LONGEST_SMALL_PAUSE : LONGEST_PAUSE;
    this.#wait(Math.min(Math.max(SHORTEST_PAUSE, PAUSE_PER_PASS * this.#took), longest));
    return true;
  }
}

/**
 * Tells whether the event loop of this process has done anything since it was asked last, but for the timer
 * that asks: a turn of the loop is seen whatever it was for, a request, a timer, a WebSocket or stdin.
 * `performance.eventLoopUtilization()` says how long they took, which does not tell a short request from an
 * idle second.
 */
function createActivity(): () => boolean {
  let last = performance.nodeTiming.uvMetricsInfo;
  return () => {
    const now = performance.nodeTiming.uvMetricsInfo;
    const turns = now.loopCount - last.loopCount;
    const events = now.events - last.events;
    last = now;
    return turns > 1 || events > 0;
  };
}
