import { createDebug } from 'obug';
import type { SessionListener } from '../session/listener.ts';
import { isWorthMoving } from '../session/expiry/lifetime.ts';
import { Recent } from '../session/recent.ts';
import type { SessionStorage } from '../session/storage.ts';
import type { StorageOptions } from '../storage/options.ts';
import { isNewEachTime } from './explain.ts';
import { History, type CookieFacts, type HistoryEvent, type Spoken } from './history.ts';
import { Misses } from './misses.ts';
import { findRequest, toText } from './seen-requests.ts';
import type { WatchedCookie } from './session-cookie.ts';

const debug = createDebug('holdover:history');

/** How long after a session was stored that is written, in milliseconds: together with others. */
const LATER = 250;

/** Of how many ids the expiry is remembered that was written. */
const KNOWN_IDS = 5000;

/** One for each project, whatever number of copies of this module are loaded. */
const REGISTRY = Symbol.for('holdover.history-writers.1');

const writers = ((globalThis as { [REGISTRY]?: Map<string, HistoryWriter> })[REGISTRY] ??=
  new Map());

/** Opens the writer of a project's history, which hears what happens in development. */
export function openHistoryWriter(options: StorageOptions): HistoryWriter {
  const writer = writers.get(options.root) ?? new HistoryWriter(options);
  writers.set(options.root, writer);
  return writer;
}

export type { WatchedCookie } from './session-cookie.ts';

/** Makes an event, in which a secret stands as its hash. */
type ToEvent = (hash: (secret: string) => string) => HistoryEvent;

/**
 * Writes down what happens to the sessions of a project, for `holdover why`. A logout and a clearing are
 * written within the call on the store, as a restart may follow at once; what else happens is remembered
 * there and written a little later. The storage is asked after the request only.
 */
export class HistoryWriter {
  readonly #options: StorageOptions;
  readonly #misses: Misses;
  /** What waits to be written, by ids. */
  readonly #stored = new Map<string, { at: number; expires: number; namespace: string }>();
  readonly #known = new Recent<number>(KNOWN_IDS);
  #opened: History | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StorageOptions) {
    this.#options = options;
    this.#misses = new Misses(() => this.#writeStored(), options.log);
  }

  /** Hears what becomes of the sessions in a storage, of a namespace. */
  listenTo(storage: SessionStorage, namespace: string): SessionListener {
    return {
      stored: (id, expires) => {
        const known = this.#known.get(id);
        if (known !== undefined && !isWorthMoving(known, expires, expires - Date.now())) return;
        this.#known.set(id, expires);
        this.#stored.set(id, { at: Date.now(), expires, namespace });
        this.#schedule();
      },
      destroyed: (id) => {
        this.#known.delete(id);
        const by = findRequest(id);
        this.add((hash) => ({
          at: Date.now(),
          what: 'destroyed',
          id: hash(id),
          by: by && toText(by),
        }));
      },
      missed: (id) => this.#misses.add(id, storage, namespace),
      cleared: () => {
        this.#known.clear();
        const namespaces = [namespace];
        this.add(() => ({ at: Date.now(), what: 'cleared', by: 'the app', namespaces }));
      },
    };
  }

  /**
   * Writes down what a framework was told of a cookie, and looks at the cookie where the framework begins a
   * session anew.
   *
   * @returns whether its secret is another one at every start, which is told once
   */
  addCookie(cookie: WatchedCookie & Pick<CookieFacts, 'sameSite'>): boolean {
    const { framework, name, secrets, secure, sameSite } = cookie;
    this.#misses.watchCookie(cookie);
    this.add((hash) => ({
      at: Date.now(),
      what: 'cookie',
      framework,
      name,
      secure,
      sameSite,
      secret: secrets && hash(secrets.join('\0')),
      secretLength: secrets && Math.min(...secrets.map(({ length }) => length)),
    }));
    if (!secrets) return false;
    const events = this.#history.readCookies();
    return isNewEachTime(events, cookie) && !isNewEachTime(events.slice(0, -1), cookie);
  }

  /**
   * Writes down how a server speaks MCP, where it is news.
   *
   * @returns what was written last of the same path
   */
  addMcp(spoken: Spoken): Spoken | undefined {
    const { speaks, path, capabilities } = spoken;
    const before = this.#history
      .readCookies()
      .findLast((event) => event.what === 'mcp' && event.path === path && event.speaks === speaks);
    if (before?.what !== 'mcp') {
      this.add(() => ({ at: Date.now(), what: 'mcp', ...spoken }));
      return undefined;
    }
    const isSame = !capabilities || capabilities.join() === before.capabilities?.join();
    if (!isSame) this.add(() => ({ at: Date.now(), what: 'mcp', ...spoken }));
    return before;
  }

  /** Adds an event, in which secrets may stand as hashes. */
  add(toEvent: ToEvent): void {
    this.#history.add(this.#take(toEvent));
  }

  /** Opened when there is something for it. */
  get #history(): History {
    return (this.#opened ??= new History(this.#options));
  }

  /** What waits, and what has happened after it. */
  #take(toEvent?: ToEvent): HistoryEvent[] {
    const hash = (secret: string): string => this.#history.hash(secret);
    const events = [...this.#stored].map(([id, { at, expires, namespace }]): HistoryEvent => ({
      at,
      what: 'stored',
      id: hash(id),
      expires,
      namespace,
    }));
    this.#stored.clear();
    return toEvent ? [...events, toEvent(hash)] : events;
  }

  /** A restart may follow a logout at once; this can wait. Nothing of it keeps a process alive. */
  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      try {
        this.#writeStored();
      } catch (error) {
        debug('that cannot be written: %o', error);
      }
    }, LATER).unref();
  }

  #writeStored(): History {
    this.#history.add(this.#take());
    return this.#history;
  }
}
