/** Looks at files again, some time after something was told of them. */
export class Looks {
  readonly #delays: number[];
  readonly #look: (path: string) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param delays after each other, in milliseconds */
  constructor(delays: number[], look: (path: string) => void) {
    this.#delays = delays;
    this.#look = look;
  }

  /** Begins anew with a file. */
  begin(path: string): void {
    this.#next(path, this.#delays);
  }

  end(path: string): void {
    clearTimeout(this.#timers.get(path));
    this.#timers.delete(path);
  }

  close(): void {
    for (const path of this.#timers.keys()) this.end(path);
  }

  #next(path: string, [delay, ...later]: number[]): void {
    this.end(path);
    if (delay === undefined) return;
    const timer = setTimeout(() => {
      this.#next(path, later);
      this.#look(path);
    }, delay);
    this.#timers.set(path, timer);
  }
}
