import type { Run } from './run.ts';
import { waitWithin } from './timing.ts';

/** What there is to say when start after start fails. */
export const STILL_CHANGING = 'The app does not start at the moment; its files are still changing.';

/** How long a start may take that is over for its next save, at the least and at the most, in milliseconds. */
const LEAST = 500;
const MOST = 10_000;

/**
 * The starts of an app whose files may change faster than it starts. None is broken off while somebody
 * waits for its answers, so nobody waits longer than for two of them; and one that has failed because it
 * came too early is no crash.
 */
export class Starts {
  /** How long the slowest start took until the app answered, in milliseconds: one without a standby. */
  #slowest = 0;
  /** How many runs in a row have ended by themselves before they answered. */
  #failed = 0;
  /** The crash that was told last is answered for. */
  isCrashTold: Promise<void> = Promise.resolve();

  /** Waits until a run answers, has ended, or takes much longer than any before. */
  async untilOver(run: Run): Promise<void> {
    const within = Math.min(Math.max(LEAST, 2 * this.#slowest), MOST);
    const left = run.child.startedAt + within - Date.now();
    await waitWithin(Math.min(Math.max(0, left), within), run.answers, run.child.exited);
  }

  answered(run: Run): void {
    this.#slowest = Math.max(this.#slowest, Date.now() - run.child.startedAt);
    this.#failed = 0;
  }

  /** @param told when the crash is told, and answered for */
  crashed(run: Run, told: Promise<void>): void {
    if (!run.hasAnswered) this.#failed++;
    this.isCrashTold = told;
  }

  /** Whether the run that has ended is the second one in a row that has not answered. */
  get isSecondFailure(): boolean {
    return this.#failed === 1;
  }

  /**
   * Whether a run may have ended because a file was not written yet, or empty: then it ends without an
   * error. A second one in a row has not.
   */
  mayHaveReadTooEarly(run: Run): boolean {
    return !run.hasAnswered && this.#failed === 0;
  }
}
