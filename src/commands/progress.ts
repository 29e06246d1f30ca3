import yoctoSpinner from 'yocto-spinner';

/** Work that is shorter shows no progress, in milliseconds. */
const PATIENCE = 300;

/** Shows on a terminal, on stderr, how far long work has come. */
export class Progress {
  readonly #spinner = yoctoSpinner({ stream: process.stderr });
  readonly #what: string;
  readonly #since = performance.now();
  readonly #isShown = process.stderr.isTTY;

  /** @param what is done, as `sessions read` */
  constructor(what: string) {
    this.#what = what;
  }

  at(done: number): void {
    if (!this.#isShown || done % 500 !== 0 || performance.now() - this.#since < PATIENCE) return;
    this.#spinner.text = `${done.toLocaleString('en')} ${this.#what}`;
    if (!this.#spinner.isSpinning) this.#spinner.start();
  }

  end(): void {
    if (this.#spinner.isSpinning) this.#spinner.stop();
  }
}
