import { resolveNodeOptions } from '../../options/supervision.ts';
import { Child } from '../process/child.ts';
import type { ChildMessage } from '../protocol.ts';
import { canStandBy, toNodeFlags, type CommandLine } from '../process/node-flags.ts';
import { Preloading } from './preloading.ts';
import { Standby } from './standby.ts';
import { toStartupFiles } from './startup-files.ts';

/** How the processes of an app are started. */
export interface ProcessOptions extends CommandLine {
  /** The root of the project, absolute. */
  root: string;
  /** Whether the sockets of the app outlive it. */
  hold: boolean;
  /** Whether the next process is started in advance. */
  standby: boolean;
  /** Files that count although the app does not load them, absolute. */
  files: string[];
}

/** A file that is saved twice is saved again within this time, in milliseconds. */
const LINK_AFTER = 5;

/** The process of the next run, as far ahead as nobody can notice. */
export class NextProcess {
  readonly #entry: string;
  readonly #spawn: () => Child;
  readonly #standby: Standby | undefined;
  readonly #preloading: Preloading;
  #linkTimer: NodeJS.Timeout | undefined;

  /** @throws Error, in one sentence, when the app cannot be run */
  constructor(options: ProcessOptions) {
    const { entry, nodeFlags, files, root, hold, standby } = options;
    const flags = toNodeFlags(options);
    this.#entry = entry;
    this.#spawn = () => new Child(flags, options, { root, hold });
    this.#preloading = new Preloading(nodeFlags.some((flag) => flag.startsWith('--import')));
    if (!standby || !canStandBy(nodeFlags, resolveNodeOptions())) return;
    const toFiles = (): string[] => [...files, ...toStartupFiles(entry)];
    this.#standby = new Standby(this.#spawn, toFiles, this.#preloading);
  }

  /** The one that waits, or a new one. */
  take(): Child {
    return this.#standby?.take() ?? this.#spawn();
  }

  /** Starts the one that will wait, unless there is one that is still good. */
  prepare(): void {
    this.#standby?.prepare();
  }

  /**
   * Has it read the modules of the app, which it will run in a moment.
   *
   * @param loaded gives the files that the last run has loaded, absolute
   */
  link(loaded: () => string[]): void {
    clearTimeout(this.#linkTimer);
    this.#linkTimer = setTimeout(() => {
      // The entry is told that it is the main module when it is loaded.
      this.#standby?.link(loaded().filter((path) => path !== this.#entry));
    }, LINK_AFTER);
  }

  /**
   * Hears what a run has loaded.
   *
   * @returns whether the run, when something was loaded for it in advance, may not be as it should
   */
  learn(message: Extract<ChildMessage, { holdover: 'packages' }>): boolean {
    if (!this.#standby || !this.#preloading.learn(message)) return false;
    this.#standby.discard();
    return true;
  }

  close(): void {
    clearTimeout(this.#linkTimer);
    this.#standby?.discard();
  }
}
