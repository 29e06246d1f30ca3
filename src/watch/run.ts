import { isOfClients, type OpenedStore } from '../adopt/held-over/opened.ts';
import type { Crash } from '../asking/crash.ts';
import { addValues, NO_VALUES } from '../state/told.ts';
import type { Child, Ending, Exit } from './process/child.ts';
import type { ChildHandlers, Key, ReportedError } from './protocol.ts';
import { type Cause, formatDuration, formatPaths, type Moments, type Report } from './report.ts';
import { whenHeard } from './timing.ts';

/** Why a run was started, and since when its start is waited for, in milliseconds since the epoch. */
export interface Trigger extends Cause {
  since: number;
  /** Whether what is kept of the app's memory is forgotten. */
  forgetsState?: boolean;
}

/** What is done at a key in the terminal. */
export function toTrigger(key: Key): Trigger {
  const forgetsState = key === 'forget';
  const reason = forgetsState ? 'kept values forgotten' : 'Enter';
  return { paths: [], reason, since: Date.now(), forgetsState };
}

/** What a save of files as they are is told as. */
export function toSaved(paths: string[], since: number): Trigger {
  return { paths: [], reason: `${formatPaths(paths)} saved`, since };
}

/** Changes that come while a restart is on its way belong to it. */
export function mergeTriggers(first: Trigger | undefined, next: Trigger): Trigger {
  if (!first) return next;
  const paths = [...new Set([...first.paths, ...next.paths])];
  return next.forgetsState ? { ...next, paths, since: first.since } : { ...first, paths };
}

/**
 * After this time an app that does not listen is taken for one that never does, in milliseconds; and one
 * that has listened before, whose start may take its time.
 */
const LISTEN_WITHIN = 2000;
const LISTEN_AGAIN_WITHIN = 10_000;

/** One run of the app, and what there is to say of it. */
export class Run {
  readonly child: Child;
  /** It listens, or is taken for an app that never does. */
  readonly started: Promise<void>;
  /** It listens, and may answer those who wait; resolved at once, while `started` looks whether it stays so. */
  readonly answers: Promise<void>;
  hasAnswered = false;
  /** It has listened, or one before it. */
  #isServer: boolean;
  /** The files that have changed since the last run, absolute. */
  readonly changed: string[];
  /** The error that the app has ended by, if it was one. */
  error: ReportedError | undefined;
  /** What to do when the app speaks of itself. */
  readonly handlers: ChildHandlers = {
    running: ({ at }) => void (this.#moments.start = at),
    store: ({ store }) => this.#addStore(store),
    rehydrated: ({ values }) => void (this.#values = addValues(this.#values, values)),
    'address-in-use': ({ address }) => void (this.#addressInUse = address),
    opened: () => this.#answered(),
    listening: ({ at, heldRequests }) => {
      this.#answered();
      this.#addressInUse = undefined; // the app has found another
      this.#moments.entry ??= at; // each worker of a cluster says so
      this.#reportStart(heldRequests);
    },
    uncaught: ({ error }) => void (this.error = error),
  };
  readonly trigger: Trigger | undefined;
  /** Whether it has been said that it has started, or how it has ended. */
  #isTold = false;
  /** In what it has ended by itself, when that was said. */
  #endsIn: 'start' | 'run' | undefined;
  readonly #report: Report;
  readonly #moments: Moments;
  /** Those that it has opened, and of the run before those that are opened when an MCP client comes. */
  readonly #stores: Map<string, OpenedStore>;
  /** Whether the run before it kept sessions. */
  readonly #hasKeptSessions: boolean;
  /** What was put back into its memory. */
  #values = NO_VALUES;
  /** How many clients go on with it that were connected to the run before. */
  #clients = 0;
  #start: () => void = () => {};
  #answer: () => void = () => {};
  #addressInUse: string | undefined;

  /** @param previous the run that it follows */
  constructor(child: Child, trigger: Trigger | undefined, report: Report, previous?: Run) {
    this.child = child;
    this.trigger = trigger && previous ? previous.#addUntold(trigger) : trigger;
    this.changed = this.trigger?.paths ?? [];
    this.#report = report;
    const ofClients = (previous ? [...previous.#stores] : []).filter(([, store]) =>
      isOfClients(store),
    );
    this.#stores = new Map(ofClients);
    this.#hasKeptSessions = previous?.keepsSessions ?? false;
    this.#moments = {
      since: trigger?.since ?? child.startedAt,
      drain: previous?.child.drainedAt,
      exit: previous?.child.exitedAt,
      wait: child.startedAt,
    };
    this.started = new Promise((resolve) => (this.#start = resolve));
    this.answers = new Promise((resolve) => (this.#answer = resolve));
    this.#isServer = previous ? previous.#isServer : false;
    const within = this.#isServer ? LISTEN_AGAIN_WITHIN : LISTEN_WITHIN;
    const cancel = whenHeard(within, () => this.#reportSlowStart(), true);
    void child.exited.then(cancel);
  }

  /**
   * It has answered on stdout, as it does that does not listen.
   *
   * @param held how many requests have waited for it
   * @param clients how many of those who speak with it have spoken with the run before
   */
  answered(held: number, clients: number): void {
    this.#clients = clients;
    this.#moments.entry ??= Date.now();
    this.#answered();
    this.#reportStart(held);
    this.child.send({ holdover: 'answered' });
  }

  /**
   * Whether the app has sessions that outlast it. A run that ends before it answers may have come to no store:
   * for it the run before it counts.
   */
  get keepsSessions(): boolean {
    const hasStore = [...this.#stores.values()].some(
      (store) => store.type !== 'memory' && !isOfClients(store),
    );
    return hasStore || (!this.hasAnswered && this.#hasKeptSessions);
  }

  /** Whether the word to go has reached the app's process: before, nothing of the app has run. */
  get hasBegun(): boolean {
    return this.#moments.start !== undefined;
  }

  /** Asks the app to end, and says so when it had to be killed. */
  stop(ending: Omit<Ending, 'onKill'>): Promise<Exit> {
    const within = formatDuration(ending.grace);
    const onKill = (): void =>
      this.#report.say(`The app did not end within ${within} and was killed.`);
    return this.child.stop({ ...ending, onKill });
  }

  /** Says that the app has ended by itself. */
  reportEnd(exit: Exit): void {
    this.#endsIn = this.#isTold ? 'run' : 'start';
    this.#isTold = true;
    if (this.#addressInUse) {
      this.#report.say(
        `${this.#addressInUse} is in use by another process. Stop that, or give the app another port.`,
      );
    }
    this.#report.say(toEndLine(exit, this.keepsSessions));
  }

  /** Remembers it when it is known how, where it was said. */
  recordEnd(crash: Crash): void {
    if (this.#endsIn === undefined) return;
    const cause = this.#endsIn === 'start' ? this.trigger : undefined;
    const start = cause && { cause, moments: this.#moments };
    this.#report.crashed(crash, this.child.exitedAt ?? Date.now(), start);
  }

  /** What has changed before a run of which nothing was said has changed for the next one, too. */
  #addUntold(next: Trigger): Trigger {
    const isUntold = !this.#isTold && next.paths.length > 0;
    return isUntold ? { ...next, paths: [...new Set([...next.paths, ...this.changed])] } : next;
  }

  /**
   * A store that no line has counted has one of its own: of MCP clients, and of an app that opens it late, as it
   * takes long to listen.
   */
  #addStore(store: OpenedStore): void {
    const { type, display, namespace } = store;
    const key = `${type}\n${display}\n${namespace}`;
    const isNew = !this.#stores.has(key);
    this.#stores.set(key, store);
    const isCounted = !this.#isTold || (this.hasAnswered && !isOfClients(store));
    if (isNew && !isCounted) void this.#report.opened(store);
  }

  #answered(): void {
    this.hasAnswered = true;
    this.#isServer = true;
    this.#answer();
  }

  /** An app that takes long may have nothing to show as yet: a first start has its line when it answers. */
  #reportSlowStart(): void {
    const hasShown = this.#stores.size > 0 || this.#values.count > 0;
    if (this.trigger || hasShown) this.#reportStart(0);
    else this.#start();
  }

  #reportStart(heldRequests: number): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#start();
    const stores = [...this.#stores.values()];
    if (this.trigger) {
      const heldOver = { stores, values: this.#values, clients: this.#clients };
      void this.#report.restarted(this.trigger, heldOver, heldRequests, this.#moments);
    } else void this.#report.started(stores, this.#values);
  }
}

function toEndLine(exit: Exit, keepsSessions: boolean): string {
  if (exit.code === 0) return 'The app has ended; waiting for a change, or Enter.';
  const how = exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`;
  const safe = keepsSessions ? '; sessions are safe' : '';
  return `The app ${how}${safe}; waiting for a change, or Enter.`;
}
