import type { Child } from '../process/child.ts';

/** What the app reads where it has no terminal of its own: it goes to the run that lives, or the next. */
export class Input {
  #child: Child | undefined;
  #kept: Buffer[] = [];
  #isOver = false;

  /** Gives a new run what has come while none lived. */
  attach(child: Child): void {
    this.#child = child;
    for (const input of this.#kept.splice(0)) child.stdin?.write(input);
    if (this.#isOver) child.stdin?.end();
    void child.exited.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
  }

  write(input: Buffer): void {
    if (this.#child) this.#child.stdin?.write(input);
    else this.#kept.push(input);
  }

  /** Nothing more will come. */
  end(): void {
    this.#isOver = true;
    this.#child?.stdin?.end();
  }
}
