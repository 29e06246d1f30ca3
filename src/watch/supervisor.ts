import { openStdio, type Stdio } from '../mcp/stdio/stdio.ts';
import { resolveEditor } from '../options/environment.ts';
import { Asks } from './asking.ts';
import { Watcher, type WatcherOptions } from './changes/watcher.ts';
import { CrashPage } from './crash/crash-page.ts';
import { describeCrash } from './crash/describe.ts';
import { NO_DEPENDENCIES } from './files.ts';
import { Input } from './input/input.ts';
import { type Exit, toExitCode } from './process/child.ts';
import type { ChildHandlers, Learned } from './protocol.ts';
import { formatWatchError, type Report } from './report.ts';
import { mergeTriggers, Run, toSaved, toTrigger, type Trigger } from './run.ts';
import { CANNOT_HOLD, HeldSockets } from './sockets/held-sockets.ts';
import { NextProcess, type ProcessOptions } from './standby/next-process.ts';
import { Starts, STILL_CHANGING } from './starts.ts';

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
  readonly #options: WatchOptions;
  readonly #report: Report;
  readonly #stdio: Stdio | undefined;
  readonly #input: Input;
  readonly #asks: Asks;
  readonly #watcher: Watcher;
  readonly #sockets = new HeldSockets();
  readonly #page: CrashPage;
  readonly #next: NextProcess;
  readonly #starts = new Starts();
  #run: Run | undefined;
  #lastRun: Run | undefined;
  /** The run that has taken the place of one that never ran. */
  #replacement: Run | undefined;
  #pending: Trigger | undefined;
  /** The end of the run, once a restart is certain. */
  #ending: Promise<void> | undefined;
  #isRestarting = false;
  #isEnding = false;
  #hasDependencies = false;

  /** Called when who speaks with the app on stdin and stdout has left, and the app has ended. */
  onOver = (): void => {};

  /** @throws Error, in one sentence, when the app cannot be run */
  constructor(options: WatchOptions, report: Report) {
    this.#options = options;
    this.#report = report;
    this.#stdio = openStdio({
      root: options.root,
      say: report.sayOnce,
      onOver: () => this.onOver(),
    });
    this.#next = new NextProcess({ ...options, reader: this.#stdio }, ({ pid }) =>
      report.standsBy(pid),
    );
    this.#input = new Input((key) => void this.restart(toTrigger(key)), this.#stdio);
    this.#asks = new Asks(options, report.restarts);
    this.#page = new CrashPage({
      root: options.root,
      editor: resolveEditor(),
      onTryAgain: () => this.#tryAgain(),
    });
    this.#watcher = new Watcher(options, {
      onBegin: () => void this.#endRun(),
      onChange: (paths, since, areChanged) =>
        void this.restart(areChanged ? { paths, since } : toSaved(paths, since)),
      onError: (error) => this.#report.sayOnce(formatWatchError(error)),
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
    await this.#endRun();
    await this.#starts.isCrashTold;
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
    const isRestarting = this.#ending !== undefined; // then the app is ended by that, or has been
    for (const closed of [this.#next, this.#page, this.#asks]) closed.close();
    this.#sockets.leave(); // new connections are refused as soon as the app closes its own
    const run = this.#lastRun; // it may have ended
    // One that has begun just now may have come too late for it, and does not mind to have it twice.
    const hasSignal = isSignalled && run?.child.isReady;
    const exit = run && (await this.#stop(run, hasSignal ? undefined : signal));
    this.#sockets.close();
    await this.#watcher.close();
    await this.#stdio?.flush();
    return toExitCode((isRestarting ? undefined : exit) ?? { code: null, signal });
  }

  /**
   * Ends the run; it is begun as soon as a restart is certain, before the last of a burst of saves has
   * come. A start that has begun may first come to its end and answer those who wait.
   */
  #endRun(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const run = this.#run;
    if (!run) return this.#next.check();
    const isWaitedFor = [this.#sockets, this.#stdio].some((each) => each?.isWaitedFor);
    if (isWaitedFor) await this.#starts.untilOver(run);
    await this.#stop(run, 'SIGTERM', () => this.#next.check());
  }

  #stop(run: Run, signal: NodeJS.Signals | undefined, onSignal = (): void => {}): Promise<Exit> {
    const { grace } = this.#options;
    const drain = this.#isEnding ? 0 : this.#sockets.toDrain(grace);
    const answered = this.#isEnding ? undefined : this.#stdio?.close();
    return run.stop({ signal, grace, drain, answered, onSignal });
  }

  /** @returns the run, whose process has been told to go */
  #begin(trigger: Trigger | undefined): Run {
    this.#ending = undefined;
    const { child, forgotten } = this.#next.take();
    this.#sockets.hand(child);
    child.go(forgotten, trigger?.forgetsState === true);
    const run = new Run(child, trigger, this.#report, this.#lastRun);
    this.#run = run;
    this.#lastRun = run;
    child.onLoaded = (paths) => {
      this.#hasDependencies ||= paths.length > 0;
      this.#watcher.add(paths, child.startedAt);
    };
    child.handlers = [this.#toHandlers(run), this.#sockets.toHandlers(child), run.handlers];
    for (const told of [this.#input, this.#asks]) told.attach(child);
    this.#stdio?.attach(run);
    this.#watcher.beginRun();
    this.#watcher.add(child.read.paths, child.read.since);
    this.#watcher.add([this.#options.entry, ...this.#options.files], child.startedAt);
    void run.answers.then(() => this.#starts.answered(run));
    void run.started.then(() => this.#started());
    void child.exited.then((exit) => this.#ended(run, exit));
    return run;
  }

  /** The button of the crash page was pressed, which may show an older crash. */
  #tryAgain(): void {
    if (!this.#run) void this.restart({ paths: [], reason: 'Try again', since: Date.now() });
  }

  /** What to do when a run speaks of more than itself and its sockets. */
  #toHandlers(run: Run): ChildHandlers {
    return {
      pressed: ({ key }) => void this.restart(toTrigger(key)),
      'cannot-hold': () => this.#report.sayOnce(CANNOT_HOLD),
      notice: ({ sentence }) => this.#report.sayOnce(sentence),
      store: ({ store }) => this.#watcher.ignore(store.directory),
      learned: ({ learned }) => {
        this.#stdio?.started(run);
        this.#learn(run, learned);
      },
    };
  }

  /** Prepares the next process, now that the app has time; a run that was prepared wrongly begins anew. */
  #learn(run: Run, learned: Learned): void {
    if (this.#isEnding || this.#run !== run || run.child.isStopping) return;
    if (!this.#hasDependencies) this.#report.sayOnce(NO_DEPENDENCIES); // all reports have come
    const wasWrong = this.#next.learn(learned, run.child.startedAt);
    if (wasWrong) void this.restart({ paths: [], reason: 'loader hooks', since: Date.now() });
    else this.#next.prepare();
  }

  #started(): void {
    if (this.#isEnding) return;
    this.#watcher.endStart();
    this.#page.release();
  }

  #ended(run: Run, exit: Exit): void {
    if (this.#run === run) this.#run = undefined;
    if (run.child.isStopping || this.#isEnding) return;
    if (this.#isReplaceable(run, exit)) {
      this.#replacement = this.#begin(run.trigger);
      return;
    }
    this.#watcher.addMissing(run.error, run.child.startedAt);
    this.#starts.crashed(run, this.#tellOfCrash(run, exit));
  }

  /**
   * Whether a process has died before it has heard that it is to run the app: a standby that was killed from
   * outside, say. Another one takes its place, once. A process that ends without a word and without a signal
   * cannot be started at all, as with a flag that Node does not know.
   */
  #isReplaceable(run: Run, exit: Exit): boolean {
    const hasHeard = run.hasBegun || !(run.child.isReady || exit.signal);
    return !hasHeard && !this.#ending && this.#replacement !== run;
  }

  /**
   * Says that the app has ended by itself, and answers in its place. Nothing is said of a start that has
   * failed because it has read a file that was being written: it begins anew, or is about to.
   */
  async #tellOfCrash(run: Run, exit: Exit): Promise<void> {
    if (this.#starts.mayHaveReadTooEarly(run)) {
      if (this.#ending) return;
      const paths = await this.#watcher.changedSince(run.child.startedAt, run.changed);
      if (this.#run || this.#ending || this.#isEnding) return;
      if (paths.length > 0) return void this.restart({ paths, since: Date.now() });
    }
    if (!this.#ending) {
      run.reportEnd(exit);
      this.#watcher.beginDown(run.child.exitedAt ?? Date.now());
    } else if (this.#starts.isSecondFailure) this.#report.say(STILL_CHANGING);
    await this.#answerFor(run, exit);
    if (!this.#ending) this.#next.prepare();
  }

  /** Answers in place of an app that has ended, as soon as it is known where the error is. */
  async #answerFor(run: Run, exit: Exit): Promise<void> {
    const { root } = this.#options;
    const { changed, error, keepsSessions } = run;
    const described = describeCrash(error, exit, { root, changed, keepsSessions });
    void this.#stdio?.fail(run, described);
    const crash = await described;
    run.recordEnd(crash);
    if (this.#lastRun !== run || this.#isEnding) return; // the next run has begun
    this.#page.show(crash);
    this.#sockets.answer((socket) => this.#page.accept(socket));
  }
}
