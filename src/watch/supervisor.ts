import { resolveEditor } from '../options/supervision.ts';
import { AfterCrash } from './crash/after-crash.ts';
import { toExitCode, type Child, type Exit } from './process/child.ts';
import { NO_DEPENDENCIES, toDependencies } from './changes/loaded-files.ts';
import type { Handle } from './sockets/handle.ts';
import { CANNOT_HOLD, HeldSockets } from './sockets/held-sockets.ts';
import { Input } from './process/stdin.ts';
import { isChildMessage, type ChildMessage } from './protocol.ts';
import { toMissingModules } from './changes/missing-modules.ts';
import { NextProcess, type ProcessOptions } from './standby/next-process.ts';
import { formatDuration, formatWatchError, type Report } from './report/report.ts';
import { mergeTriggers, Run, type Trigger } from './run.ts';
import type { WatcherOptions } from './changes/watched-paths.ts';
import { Watcher } from './changes/watcher.ts';

/** What `holdover watch` is told. */
export interface WatchOptions extends WatcherOptions, ProcessOptions {
  /** How long the app has for its own end, in milliseconds. */
  grace: number;
  clearScreen: boolean;
  /** Whether the report says where the time went. */
  verbose: boolean;
}

/**
 * Runs the app, restarts it when its files change, and goes on when it crashes. One run of the app
 * lives at a time: the next one begins when the last has ended.
 */
export class Supervisor {
  readonly input = new Input();
  readonly #options: WatchOptions;
  readonly #report: Report;
  readonly #watcher: Watcher;
  readonly #sockets = new HeldSockets();
  readonly #afterCrash: AfterCrash;
  readonly #next: NextProcess;
  #run: Run | undefined;
  #lastChild: Child | undefined;
  #lastExit: Exit | undefined;
  #pending: Trigger | undefined;
  #isRestarting = false;
  #isEnding = false;
  #hasDependencies = false;
  readonly #said = new Set<string>();

  /** @throws Error, in one sentence, when the app cannot be run */
  constructor(options: WatchOptions, report: Report) {
    this.#options = options;
    this.#report = report;
    this.#next = new NextProcess(options);
    this.#afterCrash = new AfterCrash(this.#sockets, options.root, resolveEditor());
    this.#watcher = new Watcher(options, {
      onBegin: () => this.#prepareRestart(),
      onChange: (paths, since) => void this.restart({ paths, since }),
      onError: (error) => this.#sayOnce(formatWatchError(error)),
    });
  }

  start(): void {
    this.#begin(undefined);
  }

  /** Ends the app, with its grace, and starts it again. Further calls meanwhile are the same restart. */
  async restart(trigger: Trigger): Promise<void> {
    if (this.#isEnding) return;
    this.#pending = mergeTriggers(this.#pending, trigger);
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    await this.#stopRun('SIGTERM');
    this.#isRestarting = false;
    const because = this.#pending;
    this.#pending = undefined;
    if (this.#isEnding) return;
    if (this.#options.clearScreen) this.#report.clearScreen();
    this.#begin(because);
  }

  /**
   * Ends the app and the watching; the second call kills.
   *
   * @param isSignalled the app has had the signal already, from its terminal
   * @returns the exit code of the app
   */
  async end(signal: NodeJS.Signals, isSignalled: boolean): Promise<number> {
    if (this.#isEnding) this.#run?.child.kill();
    this.#isEnding = true;
    this.#next.close();
    this.#afterCrash.close();
    this.#sockets.leave(); // new connections are refused as soon as the app closes its own
    const exit = await this.#stopRun(isSignalled ? undefined : signal);
    this.#sockets.close();
    await this.#watcher.close();
    return toExitCode(exit ?? this.#lastExit ?? { code: 0, signal: null });
  }

  /** A restart is certain: what it needs is begun before the last of a burst of saves has come. */
  #prepareRestart(): void {
    void this.#stopRun('SIGTERM');
    this.#next.link(() => this.#watcher.loaded);
  }

  async #stopRun(signal: NodeJS.Signals | undefined): Promise<Exit | undefined> {
    const { grace } = this.#options;
    return this.#run?.child.stop({
      signal,
      grace,
      drain: this.#isEnding ? 0 : this.#sockets.toDrain(grace),
      onKill: () => {
        this.#report.say(`The app did not end within ${formatDuration(grace)} and was killed.`);
      },
    });
  }

  #begin(trigger: Trigger | undefined): void {
    const child = this.#next.take();
    this.#afterCrash.wait();
    this.#sockets.hand(child);
    child.go();
    const run = new Run(child, trigger, this.#report, this.#lastChild);
    this.#run = run;
    this.#lastChild = child;
    child.onMessage = (message, handle) => this.#hear(run, message, handle);
    this.input.attach(child);
    this.#watcher.add(child.read.paths, child.read.since);
    this.#watcher.add([this.#options.entry, ...this.#options.files], child.startedAt);
    void run.started.then(() => this.#started());
    void child.exited.then((exit) => this.#ended(run, exit));
  }

  #hear(run: Run, message: unknown, handle: Handle | undefined): void {
    const { imported, required } = toDependencies(message);
    this.#hasDependencies ||= imported.length + required.length > 0;
    this.#watcher.add([...imported, ...required], run.child.startedAt);
    if (!isChildMessage(message)) return;
    if (message.holdover === 'store') this.#watcher.ignore(message.store.directory);
    else if (message.holdover === 'packages') this.#learn(message);
    else if (message.holdover === 'cannot-hold') this.#sayOnce(CANNOT_HOLD);
    this.#sockets.hear(run.child, message, handle);
    run.hear(message);
  }

  /** Runs the app once more, with nothing loaded in advance, when that may have been wrong. */
  #learn(message: Extract<ChildMessage, { holdover: 'packages' }>): void {
    if (!this.#next.learn(message)) return;
    if (this.#run?.child.isEquipped)
      void this.restart({ paths: [], reason: 'loader hooks', since: Date.now() });
  }

  #started(): void {
    if (this.#isEnding) return;
    this.#afterCrash.release();
    if (!this.#hasDependencies) this.#sayOnce(NO_DEPENDENCIES);
    this.#next.prepare();
  }

  #ended(run: Run, exit: Exit): void {
    if (this.#run === run) this.#run = undefined;
    this.#lastExit = exit;
    if (run.child.isStopping || this.#isEnding) return;
    run.reportEnd(exit);
    this.#watcher.add(toMissingModules(run.error), run.child.startedAt);
    void this.#afterCrash.answer(run, exit, this.#watcher.loaded);
    this.#next.prepare();
  }

  #sayOnce(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#report.say(message);
  }
}
