import { resolveNodeOptions } from '../../options/environment.ts';
import { Child, type ChildOptions } from '../process/child.ts';
import { canStandBy, toNodeFlags } from './node-flags.ts';
import type { Forgotten, Learned } from '../learned.ts';
import { Memory, type Given } from './memory.ts';
import { Standby } from './standby.ts';
import { isAliased, toStartupFiles } from './startup-files.ts';
import { FileMarks } from './file-marks.ts';
import { findRunner } from './typescript.ts';

/** How the processes of an app are started. */
export interface ProcessOptions extends ChildOptions {
  /** Whether the next process is started in advance. */
  standby: boolean;
  /** Files that count although the app does not load them, absolute. */
  files: string[];
  /** Whether tsx runs the app, whatever its entry is. */
  needsTsx: boolean;
}

/** What a run begins with. */
export interface Next {
  child: Child;
  /** What has changed since it was told what to prepare. */
  forgotten: Forgotten;
}

/** The process of the next run, as far ahead as nobody can notice. */
export class NextProcess {
  readonly #options: ProcessOptions;
  readonly #spawn: () => Child;
  readonly #standby: Standby | undefined;
  readonly #memory: Memory;
  #startup = new FileMarks();
  #hasHooks = false;

  /**
   * @param onReady called with a process that is ready for the next run
   * @throws Error, in one sentence, when the app cannot be run
   */
  constructor(options: ProcessOptions, onReady: (child: Child) => void) {
    this.#options = options;
    const { nodeFlags, root, standby } = options;
    const isCalm = canStandBy(nodeFlags, resolveNodeOptions());
    const runner = findRunner(options);
    const flags = toNodeFlags(nodeFlags, runner);
    this.#memory = new Memory(root, isCalm ? runner.tsx : undefined);
    this.#spawn = () => new Child(flags, options);
    this.#startup.add(this.#files(), Infinity);
    if (standby && isCalm) {
      const isGood = (given: Given): boolean => this.#memory.isGood(given);
      this.#standby = new Standby(this.#spawn, () => this.#files(), isGood, onReady);
    }
  }

  /** The one that waits, or a new one. `check` is to be called before. */
  take(): Next {
    const waiting = this.#standby?.take();
    if (waiting) {
      return { child: waiting.child, forgotten: this.#memory.findForgotten(waiting.given) };
    }
    const child = this.#spawn();
    const given = this.#memory.give();
    child.send({ holdover: 'prepare', preparation: given.preparation });
    return { child, forgotten: this.#memory.findForgotten(given) };
  }

  /** Looks whether what has been read of packages and configurations is as it was. */
  check(): void {
    this.#memory.checkPackages();
    if (this.#startup.findChanged().length === 0) return;
    this.#memory.clear();
    this.#startup = new FileMarks();
    this.#startup.add(this.#files(), Infinity);
  }

  /** Starts the one that will wait, unless there is one that is still good. */
  prepare(): void {
    this.check();
    this.#standby?.prepare(() => this.#memory.give());
  }

  /**
   * Hears what a run has shown.
   *
   * @returns whether it was the first to register loader hooks, and may have had modules that these should
   * have seen
   */
  learn(learned: Learned, startedAt: number): boolean {
    const wasWrong = learned.hasHooks && !this.#hasHooks && this.#memory.isUsed;
    this.#hasHooks = learned.hasHooks;
    this.#memory.learn(learned, startedAt, isAliased(this.#options.entry));
    return wasWrong;
  }

  close(): void {
    this.#standby?.discard();
  }

  #files(): string[] {
    return [...this.#options.files, ...toStartupFiles(this.#options.entry)];
  }
}
