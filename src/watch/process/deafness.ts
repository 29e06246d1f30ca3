/** So many turns of so many milliseconds an app may take to hear something: in a loop it never does. */
const TURNS = 5;
const TURN = 50;

/**
 * Tells when an app can be sure not to hear. Only those turns count that come in time in this process: on
 * a machine that is too busy for it the app may have none either.
 */
export class Deafness {
  readonly #timer: NodeJS.Timeout;
  readonly isSure: Promise<void>;

  constructor() {
    let sure: () => void = () => {};
    this.isSure = new Promise((resolve) => (sure = resolve));
    let turns = 0;
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (now - last < TURN * 1.5 && ++turns === TURNS) sure();
      last = now;
    }, TURN);
  }

  /** It has heard. */
  end(): void {
    clearInterval(this.#timer);
  }
}
