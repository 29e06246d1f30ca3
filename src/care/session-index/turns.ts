import { defer, startTimer } from '../../session/timers.ts';

/** For how long others may have to wait, in milliseconds. */
const LONGEST = 8;

/** Divides a long piece of work, so that others have their turn: requests of the app, in a dev server. */
export class Turns {
  readonly #isPatient: boolean;
  #since = performance.now();

  /** @param isPatient whether the work shall take half of the time at most */
  constructor(isPatient = false) {
    this.#isPatient = isPatient;
  }

  /** Whether others shall have their turn now. */
  isOver(): boolean {
    return performance.now() - this.#since >= LONGEST;
  }

  /** Gives others their turn. */
  async pass(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#isPatient) startTimer(resolve, performance.now() - this.#since);
      else defer(resolve);
    });
    this.#since = performance.now();
  }
}
