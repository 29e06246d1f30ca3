import { readFileSync } from 'node:fs';

/**
 * So long an app may run without hearing anything, in milliseconds: in a loop it never does. One request
 * that keeps it busy, or many that have come at once, take less.
 */
const BUSY = 1000;

/** How often to look, in milliseconds. */
const TURN = 50;

/**
 * Tells when an app can be sure not to hear. Only time counts in which it has run: on a busy machine it waits
 * for a processor, as this process does.
 */
export class Deafness {
  readonly #timer: NodeJS.Timeout;
  readonly isSure: Promise<void>;

  /** @param pid of the app */
  constructor(pid: number) {
    let sure: () => void = () => {};
    this.isSure = new Promise((resolve) => (sure = resolve));
    let busy = 0;
    let last = { now: performance.now(), ran: toRan(pid) };
    this.#timer = setInterval(() => {
      const next = { now: performance.now(), ran: toRan(pid) };
      const passed = next.now - last.now;
      // A turn that was late here says nothing.
      if (passed < TURN * 1.5) busy += Math.min(passed, next.ran - last.ran);
      if (busy >= BUSY) sure();
      last = next;
    }, TURN);
  }

  /** It has heard. */
  end(): void {
    clearInterval(this.#timer);
  }
}

/**
 * How long the main thread of a process has run, in milliseconds; where the system does not tell, as long as
 * time has passed. Linux does, in nanoseconds: https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
 */
function toRan(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
