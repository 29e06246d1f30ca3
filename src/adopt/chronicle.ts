import { createDebug } from 'obug';
import { explainId, wasValid } from '../care/logout.ts';
import type { SessionListener } from '../session/listener.ts';
import { isWorthMoving } from '../session/lifetime.ts';
import { Recent } from '../session/recent.ts';
import type { SessionStorage } from '../session/storage.ts';
import { History, type HistoryEvent, type Miss } from '../storage/history.ts';
import type { StorageOptions } from '../storage/open.ts';
import { lookAtCookies, lookAtId, takeBegun, toText, type AskedFor } from './misses.ts';
import { findRequest, rememberRequests } from './seen-requests.ts';
import type { SessionCookieName } from './session-cookie.ts';

const debug = createDebug('holdover:history');

/** How long after something has happened it is noted, in milliseconds: what hurries, and all else. */
const SOON = 10;
const LATER = 250;

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
  readonly #stored = new Map<string, { at: number; expires: number }>();
  readonly #known = new Recent<number>(KNOWN_IDS);
  readonly #missed: AskedFor[] = [];
  #waiting: HistoryEvent[] = [];
  #begun = false;
  #history: History | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = Infinity;
  #flushing: Promise<void> = Promise.resolve();
  #lastMiss: { key: string; at: number } | undefined;
  readonly #said = new Set<string>();

  constructor(options: StorageOptions) {
    this.#options = options;
    rememberRequests(() => {
      this.#begun = true;
      this.#schedule(SOON);
    });
  }

  /** Hears what becomes of the sessions in a storage. */
  listenTo(storage: SessionStorage): SessionListener {
    return {
      stored: (id, expires) => {
        const known = this.#known.get(id);
        if (known !== undefined && !isWorthMoving(known, expires, expires - Date.now())) return;
        this.#known.set(id, expires);
        this.#stored.set(id, { at: Date.now(), expires });
        this.#schedule(LATER);
      },
      destroyed: (id) => {
        this.#known.delete(id);
        const by = findRequest(id);
        this.#noteNow((hash) => ({
          at: Date.now(),
          what: 'destroyed',
          id: hash(id),
          by: by && toText(by),
        }));
      },
      missed: (id) => {
        if (this.#missed.length >= MOST_MISSES) return;
        this.#missed.push({ at: Date.now(), id, storage });
        this.#schedule(SOON);
      },
      cleared: () => {
        this.#known.clear();
        this.#noteNow(() => ({ at: Date.now(), what: 'cleared', by: 'the app' }));
      },
    };
  }

  /** Looks from now on at this cookie, where a framework begins a session anew. */
  watchCookie(cookie: SessionCookieName): void {
    this.#cookies.set(`${cookie.framework}\n${cookie.name}`, cookie);
  }

  /** Notes an event, in which secrets may stand as hashes. */
  add(toEvent: (hash: (secret: string) => string) => HistoryEvent): void {
    this.#note(toEvent);
  }

  #note(toEvent: (hash: (secret: string) => string) => HistoryEvent): void {
    try {
      this.#history ??= new History(this.#options);
      this.#noteStored();
      this.#waiting.push(toEvent((secret) => (this.#history as History).hash(secret)));
      this.#schedule(SOON);
    } catch (error) {
      debug('that cannot be noted: %o', error);
    }
  }

  /** A logout is rare, and a restart may follow at once. */
  #noteNow(toEvent: (hash: (secret: string) => string) => HistoryEvent): void {
    this.#note(toEvent);
    this.#history?.addNow(this.#waiting.splice(0));
  }

  /** Before what happens after it. */
  #noteStored(): void {
    const history = (this.#history ??= new History(this.#options));
    for (const [id, { at, expires }] of this.#stored) {
      this.#waiting.push({ at, what: 'stored', id: history.hash(id), expires });
    }
    this.#stored.clear();
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
    this.#noteStored();
    const history = this.#history as History;
    const events = this.#waiting.splice(0);
    if (events.length > 0) await history.add(events);
    const missed = this.#missed.splice(0);
    const begun = this.#begun ? takeBegun(MOST_MISSES) : [];
    this.#begun = false;
    if (missed.length === 0 && begun.length === 0) return;
    const known = history.read();
    const cookies = [...this.#cookies.values()];
    const misses = begun.flatMap((one) => lookAtCookies(one, cookies, history, known));
    for (const one of missed) misses.push(await lookAtId(one, history));
    misses.sort((a, b) => a.at - b.at);
    const worthNoting = misses.filter((miss) => this.#isWorthNoting(miss));
    await history.add(worthNoting);
    for (const miss of worthNoting) this.#say(miss, known);
  }

  #isWorthNoting({ id, because, detail, at, by }: Miss): boolean {
    const key = [because, detail, id ?? by].join('\n');
    const isSame = this.#lastMiss?.key === key && at - this.#lastMiss.at < SAME_MISS;
    if (!isSame) this.#lastMiss = { key, at };
    return !isSame;
  }

  /** Once for each id and cause, over restarts too. */
  #say(miss: Miss, known: HistoryEvent[]): void {
    const { id, because, at } = miss;
    const before = known.filter((event) => event.at < at); // an app may look before it stores
    if (id === undefined || !wasValid(before, id)) return;
    const key = `${id} ${because}`;
    const isSaid = known.some(
      (event) => event.what === 'missed' && event.id === id && event.because === because,
    );
    if (isSaid || this.#said.has(key)) return;
    this.#said.add(key);
    this.#options.log(explainId([...before, miss], id).sentence);
  }
}
