import { createDebug } from 'obug';
import { explainNews } from './explain.ts';
import type { SessionListener } from '../session/listener.ts';
import { isWorthMoving } from '../session/lifetime.ts';
import { Recent } from '../session/recent.ts';
import type { SessionStorage } from '../session/storage.ts';
import { History, type HistoryEvent, type Miss } from './history.ts';
import type { StorageOptions } from '../storage/options.ts';
import { findMisses, takeBegun, toText, type AskedFor } from './misses.ts';
import { findRequest, rememberRequests } from './seen-requests.ts';
import type { SessionCookieName } from './session-cookie.ts';

const debug = createDebug('holdover:history');

/** How long after something has happened it is noted, in milliseconds: what hurries, and all else. */
const SOON = 10;
const LATER = 250;

/** Misses are looked at once in this time, in milliseconds: that may mean to read all of the history. */
const BETWEEN_LOOKS = 1000;

/** How many misses are looked at in one go; more are an attack, or a test. */
const MOST_MISSES = 20;

/** The same miss is noted once in this time, in milliseconds. */
const SAME_MISS = 10_000;

/** Of how many ids the expiry is remembered that was noted. */
const KNOWN_IDS = 5000;

/** One for each project, whatever number of copies of this module are loaded. */
const REGISTRY = Symbol.for('holdover.chronicles.1');

const open = ((globalThis as { [REGISTRY]?: Map<string, Chronicle> })[REGISTRY] ??= new Map());

/**
 * Opens the chronicle of a project.
 *
 * @returns `undefined` where there is none: in production, and for sessions in memory
 */
export function openChronicle(options: StorageOptions): Chronicle | undefined {
  if (options.isProduction || options.type === 'memory') return undefined;
  const known = open.get(options.root);
  if (known) return known;
  const chronicle = new Chronicle(options);
  open.set(options.root, chronicle);
  return chronicle;
}

/**
 * Notes what happens to the sessions of a project in development, for `holdover why`: within a call on
 * a store it only remembers that something has happened; hashes, files and questions to the storage
 * come later, and no error of theirs reaches a request. Says once of an id that was good why it is
 * good no longer.
 */
export class Chronicle {
  readonly #options: StorageOptions;
  readonly #cookies = new Map<string, SessionCookieName>();
  readonly #stored = new Map<string, { at: number; expires: number; namespace: string }>();
  readonly #known = new Recent<number>(KNOWN_IDS);
  readonly #missed: AskedFor[] = [];
  #waiting: HistoryEvent[] = [];
  #begun = false;
  #history: History | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = Infinity;
  /** When misses may be looked at again, by `performance.now()`. */
  #nextLook = 0;
  #flushing: Promise<void> = Promise.resolve();
  #lastMiss: { key: string; at: number } | undefined;
  readonly #said = new Set<string>();

  constructor(options: StorageOptions) {
    this.#options = options;
    rememberRequests(() => {
      this.#begun = true;
      this.#scheduleLook();
    });
  }

  /** Hears what becomes of the sessions in a storage, of a namespace. */
  listenTo(storage: SessionStorage, namespace: string): SessionListener {
    return {
      stored: (id, expires) => {
        const known = this.#known.get(id);
        if (known !== undefined && !isWorthMoving(known, expires, expires - Date.now())) return;
        this.#known.set(id, expires);
        this.#stored.set(id, { at: Date.now(), expires, namespace });
        this.#schedule(LATER);
      },
      destroyed: (id) => {
        this.#known.delete(id);
        this.#noteNow((hash) => {
          const by = findRequest(id);
          return { at: Date.now(), what: 'destroyed', id: hash(id), by: by && toText(by) };
        });
      },
      missed: (id) => {
        if (this.#missed.length >= MOST_MISSES) return;
        this.#missed.push({ at: Date.now(), id, storage });
        this.#scheduleLook();
      },
      cleared: () => {
        this.#known.clear();
        const namespaces = [namespace];
        this.#noteNow(() => ({ at: Date.now(), what: 'cleared', by: 'the app', namespaces }));
      },
    };
  }

  /** Looks from now on at this cookie, where a framework begins a session anew. */
  watchCookie(cookie: SessionCookieName): void {
    this.#cookies.set(`${cookie.framework}\n${cookie.name}`, cookie);
  }

  /** Notes an event, in which secrets may stand as hashes. */
  add(toEvent: (hash: (secret: string) => string) => HistoryEvent): void {
    try {
      const history = this.#noteStored();
      this.#waiting.push(toEvent((secret) => history.hash(secret)));
      this.#schedule(SOON);
    } catch (error) {
      debug('that cannot be noted: %o', error);
    }
  }

  /** A logout is rare, and a restart may follow at once. */
  #noteNow(toEvent: (hash: (secret: string) => string) => HistoryEvent): void {
    this.add(toEvent);
    this.#history?.addNow(this.#waiting.splice(0));
  }

  /** Before what happens after it. @returns the history, which is opened when there is something for it */
  #noteStored(): History {
    const history = (this.#history ??= new History(this.#options));
    for (const [id, { at, expires, namespace }] of this.#stored) {
      this.#waiting.push({ at, what: 'stored', id: history.hash(id), expires, namespace });
    }
    this.#stored.clear();
    return history;
  }

  #scheduleLook(): void {
    this.#schedule(Math.max(SOON, this.#nextLook - performance.now()));
  }

  /** Nothing of this keeps a process alive. */
  #schedule(delay: number): void {
    const due = performance.now() + delay;
    if (this.#timer && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flushing = this.#flushing
        .then(() => this.#flush())
        .catch((error: unknown) => debug('that cannot be noted: %o', error));
    }, delay).unref();
  }

  async #flush(): Promise<void> {
    const history = this.#noteStored();
    const events = this.#waiting.splice(0);
    if (events.length > 0) await history.add(events);
    if (this.#missed.length === 0 && !this.#begun) return;
    if (performance.now() < this.#nextLook) this.#scheduleLook();
    else await this.#lookAtMisses(history);
  }

  /** Finds out why requests had no session. The history is read for ids only: most come without one. */
  async #lookAtMisses(history: History): Promise<void> {
    this.#nextLook = performance.now() + BETWEEN_LOOKS;
    const missed = this.#missed.splice(0);
    const begun = this.#begun ? takeBegun(MOST_MISSES) : [];
    this.#begun = false;
    let read: HistoryEvent[] | undefined;
    const known = (): HistoryEvent[] => (read ??= history.read());
    const misses = await findMisses(missed, begun, [...this.#cookies.values()], history, known);
    const worthNoting = misses.filter((miss) => this.#isWorthNoting(miss));
    const ofIds = worthNoting.filter(({ id }) => id !== undefined);
    const before = ofIds.length > 0 ? known() : []; // without what is added now
    await history.add(worthNoting);
    for (const miss of ofIds) this.#say(miss, before);
  }

  #isWorthNoting({ id, because, detail, at, by }: Miss): boolean {
    const key = [because, detail, id ?? by].join('\n');
    const isSame = this.#lastMiss?.key === key && at - this.#lastMiss.at < SAME_MISS;
    if (!isSame) this.#lastMiss = { key, at };
    return !isSame;
  }

  /** Once for each id and cause, over restarts too. */
  #say(miss: Miss, known: HistoryEvent[]): void {
    const key = `${miss.id} ${miss.because}`;
    const news = this.#said.has(key) ? undefined : explainNews(miss, known);
    if (news === undefined) return;
    this.#said.add(key);
    this.#options.log(news);
  }
}
