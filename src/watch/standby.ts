import { Child } from './child.ts';
import { toDependencies } from './dependencies.ts';
import { Freshness } from './freshness.ts';

/**
 * Keeps the next process of the app ready: it has loaded Node, tsx and the hooks, and waits. One that
 * has read something that has changed since is thrown away and never runs the app.
 */
export class Standby {
  readonly #spawn: () => Child;
  readonly #files: () => string[];
  #child: Child | undefined;
  #read = new Freshness();

  /**
   * @param files what a process reads before it runs the entry, beside the modules that it loads
   */
  constructor(spawn: () => Child, files: () => string[]) {
    this.#spawn = spawn;
    this.#files = files;
  }

  /** Starts a process, unless one waits that is still good. */
  prepare(): void {
    if (this.#child && this.#read.isFresh()) return;
    this.discard();
    const read = new Freshness();
    read.add(this.#files());
    const child = this.#spawn();
    child.onMessage = (message) => {
      const { imported, required } = toDependencies(message);
      read.add([...imported, ...required]);
    };
    void child.exited.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
    this.#read = read;
  }

  /** The process that waits, when everything that it has read is as it was. */
  take(): Child | undefined {
    const child = this.#read.isFresh() ? this.#child : undefined;
    if (!child) this.discard();
    this.#child = undefined;
    return child;
  }

  /** Ends the process that waits. */
  discard(): void {
    this.#child?.kill();
    this.#child = undefined;
  }
}
