import { Child } from '../process/child.ts';
import { toDependencies } from '../changes/loaded-files.ts';
import { toModuleUrls } from './module-format.ts';
import { FileMarks } from './file-marks.ts';
import type { Preloading } from './preloading.ts';

/**
 * Keeps the next process of the app ready: it has loaded Node, tsx and the hooks, and waits. One that
 * has read something that has changed since is thrown away and never runs the app.
 */
export class Standby {
  readonly #spawn: () => Child;
  readonly #files: () => string[];
  readonly #preloading: Preloading;
  #child: Child | undefined;
  #read = new FileMarks();

  /** @param files what a process reads before it runs the entry, beside the modules that it loads */
  constructor(spawn: () => Child, files: () => string[], preloading: Preloading) {
    this.#spawn = spawn;
    this.#files = files;
    this.#preloading = preloading;
  }

  /** Starts a process, unless one waits that is still good. */
  prepare(): void {
    if (this.#child && this.#read.areAsMarked()) return;
    this.discard();
    const read = new FileMarks();
    read.add(this.#files(), Infinity);
    this.#read = read;
    const child = this.#spawn();
    this.#child = child;
    child.onMessage = (message) => {
      const { imported, required } = toDependencies(message);
      const paths = [...imported, ...required];
      read.add(paths, child.startedAt);
      child.read.paths.push(...paths);
    };
    this.#preloading.equip(child);
    void child.exited.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
  }

  /** The process that waits, when everything that it has read is as it was. */
  take(): Child | undefined {
    const taken = this.#read.areAsMarked() ? this.#child : undefined;
    if (taken) this.#child = undefined;
    this.discard();
    return taken;
  }

  /**
   * Has the process that waits read modules of the app, which it will run in a moment. When one of them
   * changes after that, the process is thrown away.
   */
  link(paths: string[]): void {
    if (!this.#child || !this.#preloading.mayLink) return;
    this.#read.add(paths, Infinity); // as they are before the process reads them
    this.#child.read.since = Date.now();
    this.#child.send({ holdover: 'link', urls: toModuleUrls(paths), isOfApp: true });
  }

  /** Ends the process that waits. */
  discard(): void {
    this.#child?.kill();
    this.#child = undefined;
  }
}
