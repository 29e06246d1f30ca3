import type { OpenedStore } from '../adopt/opened.ts';
import { Child, toExitCode, toNodeFlags, type CommandLine, type Exit } from './child.ts';
import { toDependencies } from './dependencies.ts';
import { toHeldOver } from './held-over.ts';
import { isChildMessage, type ChildMessage } from './messages.ts';
import { formatDuration, formatPaths, type Report } from './report.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';

/** What `holdover watch` is told. */
export interface WatchOptions extends WatcherOptions, CommandLine {
  /** How long the app has for its own end, in milliseconds. */
  grace: number;
  clearScreen: boolean;
  /** Files that count although the app does not load them, absolute. */
  files: string[];
}

/** Why a run was started, and since when its start is waited for, in milliseconds since the epoch. */
interface Trigger {
  text: string;
  since: number;
}

/** After this time an app that does not listen is taken for one that never does, in milliseconds. */
const LISTEN_WITHIN = 2000;

/**
 * Runs the app, restarts it when its files change, and goes on when it crashes. There is one child at a
 * time: the next one starts when the last has ended.
 */
export class Supervisor {
  readonly #options: WatchOptions;
  readonly #report: Report;
  readonly #flags: string[];
  readonly #watcher: Watcher;
  #child: Child | undefined;
  #lastExit: Exit | undefined;
  #stores = new Map<string, OpenedStore>();
  #pending: Trigger | undefined;
  #isRestarting = false;
  #isEnding = false;
  #reported = false;
  #isInputOver = false;
  #addressInUse: string | undefined;
  #hasDependencies = false;
  readonly #said = new Set<string>();

  /** @throws Error, in one sentence, when the app cannot be run */
  constructor(options: WatchOptions, report: Report) {
    this.#options = options;
    this.#report = report;
    this.#flags = toNodeFlags(options);
    this.#watcher = new Watcher(options, {
      onChange: (paths, since) => void this.restart({ text: formatPaths(paths), since }),
      onError: (error) => this.#sayOnce(toWatchError(error)),
    });
  }

  start(): void {
    this.#run(undefined);
  }

  /** Gives the app what it reads, where it has no terminal of its own. */
  write(input: Buffer): void {
    this.#child?.stdin?.write(input);
  }

  /** Ends what the app reads. */
  endInput(): void {
    this.#isInputOver = true;
    this.#child?.stdin?.end();
  }

  /** Ends the app, with its grace, and starts it again. Further calls meanwhile are the same restart. */
  async restart(trigger: Trigger): Promise<void> {
    if (this.#isEnding) return;
    this.#pending ??= trigger;
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    await this.#stopChild('SIGTERM');
    this.#isRestarting = false;
    const { clearScreen } = this.#options;
    const because = this.#pending;
    this.#pending = undefined;
    if (this.#isEnding) return;
    if (clearScreen) this.#report.clearScreen();
    this.#run(because);
  }

  /**
   * Ends the app and the watching; the second call kills.
   *
   * @param isSignalled the app has had the signal already, from its terminal
   * @returns the exit code of the app
   */
  async end(signal: NodeJS.Signals, isSignalled: boolean): Promise<number> {
    if (this.#isEnding) this.#child?.kill();
    this.#isEnding = true;
    const exit = await this.#stopChild(signal, isSignalled);
    await this.#watcher.close();
    return toExitCode(exit ?? this.#lastExit ?? { code: 0, signal: null });
  }

  async #stopChild(signal: NodeJS.Signals, isSignalled = false): Promise<Exit | undefined> {
    const { grace } = this.#options;
    return this.#child?.stop(isSignalled ? undefined : signal, grace, () => {
      this.#report.say(`The app did not end within ${formatDuration(grace)} and was killed.`);
    });
  }

  #run(trigger: Trigger | undefined): void {
    this.#stores = new Map();
    this.#reported = false;
    this.#addressInUse = undefined;
    const child = new Child(this.#flags, this.#options, (message) => {
      const { imported, required } = toDependencies(message);
      this.#hasDependencies ||= imported.length + required.length > 0;
      this.#watcher.add([...imported, ...required], child.startedAt);
      if (isChildMessage(message)) this.#hear(message, trigger);
    });
    this.#child = child;
    child.stdin?.on('error', () => {}); // the app has closed it, or has ended
    if (this.#isInputOver) child.stdin?.end();
    this.#watcher.add([this.#options.entry, ...this.#options.files], child.startedAt);
    const timer = setTimeout(() => this.#reportStart(trigger, undefined), LISTEN_WITHIN);
    void child.exited.then((exit) => {
      clearTimeout(timer);
      if (this.#child === child) this.#child = undefined;
      this.#lastExit = exit;
      if (!this.#isRestarting && !this.#isEnding) this.#reportEnd(exit);
    });
  }

  #hear(message: ChildMessage, trigger: Trigger | undefined): void {
    if (message.holdover === 'store') {
      const { directory, namespace } = message.store;
      this.#stores.set(`${directory}\n${namespace}`, message.store);
      this.#watcher.ignore(directory);
    } else if (message.holdover === 'listening') {
      this.#addressInUse = undefined; // the app has found another
      this.#reportStart(trigger, message.at);
    } else {
      this.#addressInUse = message.address;
    }
  }

  /** @param at when the app began to listen, in milliseconds since the epoch */
  #reportStart(trigger: Trigger | undefined, at: number | undefined): void {
    if (this.#reported) return;
    this.#reported = true;
    if (!this.#hasDependencies) this.#sayOnce(NO_DEPENDENCIES);
    const stores = [...this.#stores.values()];
    void toHeldOver(stores).then((heldOver) => {
      if (trigger) {
        const duration = at === undefined ? undefined : at - trigger.since;
        this.#report.restarted(trigger.text, heldOver ? [heldOver] : [], duration);
      } else if (heldOver && stores.some((store) => !store.isNew)) {
        this.#report.say(`${heldOver} from ${stores[0]?.displayDirectory}`);
      }
    });
  }

  #reportEnd(exit: Exit): void {
    if (this.#addressInUse) {
      this.#report.say(
        `${this.#addressInUse} is in use by another process. Stop that, or give the app another port.`,
      );
    }
    this.#report.say(toEndLine(exit));
  }

  #sayOnce(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#report.say(message);
  }
}

const NO_DEPENDENCIES =
  'This version of Node does not tell which files the app loads: only its entry is watched. Name the others with --include.';

function toWatchError({ code, message }: NodeJS.ErrnoException): string {
  const isFull = code === 'ENOSPC' || code === 'EMFILE';
  return isFull
    ? `Not every file can be watched (${code}). Raise the limit of the system (fs.inotify.max_user_watches), or narrow --include.`
    : `Not every file can be watched: ${message}.`;
}

function toEndLine(exit: Exit): string {
  if (exit.code === 0) return 'The app has ended; waiting for a change.';
  const how = exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`;
  return `The app ${how}; sessions are safe; waiting for a change.`;
}
