import { formatHeldOver } from '../adopt/announce.ts';
import type { OpenedStore } from '../adopt/opened.ts';
import { countSessions } from '../storage/count.ts';
import { Child, toExitCode, toNodeFlags, type CommandLine, type Exit } from './child.ts';
import { toDependencies } from './dependencies.ts';
import { isChildMessage, type ChildMessage } from './messages.ts';
import { formatDuration, formatPaths, type Report } from './report.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';

/** What `holdover watch` is told. */
export interface WatchOptions extends WatcherOptions, CommandLine {
  /** How long the app has for its own end, in milliseconds. */
  grace: number;
  clearScreen: boolean;
}

/** Why a run was started, and since when its start is waited for. */
interface Trigger {
  text: string;
  since: number;
}

/** How many session files are looked at for one line. */
const COUNT_LIMIT = 10_000;

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

  /** @throws Error, in one sentence, when the app cannot be run */
  constructor(options: WatchOptions, report: Report) {
    this.#options = options;
    this.#report = report;
    this.#flags = toNodeFlags(options);
    this.#watcher = new Watcher(options, (paths, since) => {
      void this.restart({ text: formatPaths(paths), since });
    });
  }

  start(): void {
    this.#run(undefined);
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
    const child = new Child(this.#flags, this.#options, (message) => {
      this.#watcher.add(toDependencies(message), child.startedAt);
      if (isChildMessage(message)) this.#hear(message, trigger);
    });
    this.#child = child;
    this.#watcher.add([this.#options.entry], child.startedAt);
    const timer = setTimeout(() => void this.#reportStart(trigger, false), LISTEN_WITHIN);
    void child.exited.then((exit) => {
      clearTimeout(timer);
      if (this.#child === child) this.#child = undefined;
      this.#lastExit = exit;
      if (!this.#isRestarting && !this.#isEnding) this.#report.say(toEndLine(exit));
    });
  }

  #hear(message: ChildMessage, trigger: Trigger | undefined): void {
    if (message.holdover === 'store') {
      this.#stores.set(`${message.store.directory}\n${message.store.namespace}`, message.store);
    } else if (message.holdover === 'listening') {
      void this.#reportStart(trigger, true);
    } else {
      this.#report.say(
        `${message.address} is in use by another process. Stop that, or give the app another port.`,
      );
    }
  }

  async #reportStart(trigger: Trigger | undefined, isListening: boolean): Promise<void> {
    if (this.#reported) return;
    this.#reported = true;
    const now = performance.now();
    const stores = [...this.#stores.values()];
    const heldOver = stores.length === 0 ? undefined : await countHeldOver(stores);
    if (trigger) {
      const duration = isListening ? now - trigger.since : undefined;
      this.#report.restarted(trigger.text, heldOver ? [heldOver] : [], duration);
    } else if (heldOver && stores.some((store) => !store.isNew)) {
      this.#report.say(`${heldOver} from ${stores[0]?.displayDirectory}`);
    }
  }
}

async function countHeldOver(stores: OpenedStore[]): Promise<string> {
  let total = 0;
  let isMore = false;
  for (const directory of new Set(stores.map((store) => store.directory))) {
    const own = stores.filter((store) => store.directory === directory);
    const namespaces = own.map((store) => store.namespace);
    const fingerprint = own[0]?.fingerprint ?? '';
    const counted = await countSessions({ directory, namespaces, fingerprint, limit: COUNT_LIMIT });
    total += counted.count;
    isMore ||= counted.isMore;
  }
  return formatHeldOver({ count: total, isMore });
}

function toEndLine(exit: Exit): string {
  if (exit.code === 0) return 'The app has ended; waiting for a change.';
  const how = exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`;
  return `The app ${how}; sessions are safe; waiting for a change.`;
}
