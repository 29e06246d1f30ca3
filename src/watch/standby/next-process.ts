import { resolveNodeOptions } from '../../options/supervision.ts';
import { Child } from '../process/child.ts';
import { canStandBy, findTsx, toNodeFlags, type CommandLine } from '../process/node-flags.ts';
import type { Learned } from './learned.ts';
import { Memory, type Given } from './memory.ts';
import { Standby, type Taken } from './standby.ts';
import { isAliased, toStartupFiles } from './startup-files.ts';
import { FileMarks } from './file-marks.ts';

/** How the processes of an app are started. */
export interface ProcessOptions extends CommandLine {
  /** The root of the project. */
  root: string;
  /** Whether the sockets of the app outlive it. */
  hold: boolean;
  /** Whether the next process is started in advance. */
  standby: boolean;
  /** Files that count although the app does not load them, absolute. */
  files: string[];
}

/** The process of the next run, as far ahead as nobody can notice. */
export class NextProcess {
  readonly #options: ProcessOptions;
  readonly #spawn: (given: Given) => Child;
  readonly #standby: Standby | undefined;
  readonly #memory: Memory;
  #startup = new FileMarks();
  #hasHooks: boolean;

  /** @throws Error, in one sentence, when the app cannot be run */
  constructor(options: ProcessOptions) {
    this.#options = options;
    const { nodeFlags, root, hold, standby } = options;
    const isCalm = canStandBy(nodeFlags, resolveNodeOptions());
    const tsx = isCalm ? findTsx(options.entry) : undefined;
    const flags = toNodeFlags(options);
    this.#hasHooks = nodeFlags.some((flag) => flag.startsWith('--import'));
    this.#memory = new Memory(root, tsx);
    this.#spawn = ({ preparation }) => {
      const child = new Child(flags, options, { hold });
      child.send({ holdover: 'prepare', preparation });
      return child;
    };
    this.#startup.add(this.#files(), Infinity);
    if (standby && isCalm) this.#standby = new Standby(this.#spawn, () => this.#files());
  }

  /** The one that waits, or a new one. */
  take(): Taken {
    const taken = this.#standby?.take();
    if (taken) return taken;
    if (!this.#startup.areAsMarked() || !this.#memory.given.arePackagesSame()) this.#forget();
    const { given } = this.#memory;
    return { child: this.#spawn(given), forgotten: given.findForgotten() };
  }

  /** A restart is certain: ends what has read packages that have changed. */
  check(): void {
    this.#standby?.check();
  }

  /** Starts the one that will wait, unless there is one that is still good. */
  prepare(): void {
    if (!this.#startup.areAsMarked() || !this.#memory.given.arePackagesSame()) this.#forget();
    this.#standby?.prepare(this.#memory.given);
  }

  /**
   * Takes in what a run has shown.
   *
   * @returns whether it has registered loader hooks, and may have had packages that they should have changed
   */
  learn(learned: Learned, startedAt: number): boolean {
    const hasHooks = this.#hasHooks || learned.hasHooks;
    const wasWrong =
      hasHooks && !this.#hasHooks && this.#memory.given.preparation.modules.length > 0;
    this.#hasHooks = hasHooks;
    this.#memory.learn({ ...learned, hasHooks }, startedAt, isAliased(this.#options.entry));
    if (wasWrong) this.#standby?.discard();
    return wasWrong;
  }

  close(): void {
    this.#standby?.discard();
  }

  /** Packages were installed, or a configuration has changed: nothing that was learned is sure. */
  #forget(): void {
    this.#memory.clear();
    this.#startup = new FileMarks();
    this.#startup.add(this.#files(), Infinity);
  }

  #files(): string[] {
    return [...this.#options.files, ...toStartupFiles(this.#options.entry)];
  }
}
