import { performance } from 'node:perf_hooks';

/** How long late seeds are waited for where no request comes, in milliseconds. */
const LONGEST = 3000;

/** The part of its time that the event loop of an app is busy which is about to start. */
const BUSY = 0.5;

/** How far the app has come with its start. */
export class StartUp {
  readonly #hasServer: () => boolean;
  readonly #longest: number;
  #lastSign = performance.now();
  #lastLoad = performance.eventLoopUtilization();
  #hasListened = false;

  constructor({ hasServer, startup = LONGEST }: { hasServer: () => boolean; startup?: number }) {
    this.#hasServer = hasServer;
    this.#longest = startup;
  }

  /** A module was loaded. */
  goOn(): void {
    this.#lastSign = performance.now();
  }

  /** Whether nobody has asked for so long that it does not matter any more what is put back. */
  isOver(): boolean {
    const load = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(load, this.#lastLoad);
    this.#lastLoad = load;
    const isAsked = this.#hasServer();
    // An app that is still busy may listen later.
    if (isAsked ? !this.#hasListened : utilization > BUSY) this.goOn();
    this.#hasListened = isAsked;
    return performance.now() - this.#lastSign >= this.#longest;
  }
}
