import { stampHistory } from '../../history/history.ts';
import type { ResolvedOptions } from '../../options.ts';
import { startTimer, stopTimer } from '../../session/timers.ts';
import { resolveProject, type CareOptions } from '../project.ts';
import { readResolved } from '../read-session.ts';
import { Keys } from './keys.ts';
import { Look } from './look.ts';
import type { Indexed, RowQuery, Rows } from './row.ts';
import { selectRows } from './select.ts';

export type { Indexed, RowField, RowQuery, Rows, SessionRow } from './row.ts';

/** For how long the first rows wait for the others, in milliseconds. */
const PATIENCE = 250;

/** How often it is looked whether something has happened, while somebody listens, in milliseconds. */
const TICK = 500;

/** How long after a look the next one begins at the earliest, in milliseconds: where something has happened, and else. */
const SOON = 100;
const LATER = 5000;

/** The same, by how long a look takes. */
const SOON_PART = 1;
const LATER_PART = 10;

/** How long after one that has failed, in milliseconds. */
const AFTER_FAULT = 1000;

/**
 * The live sessions of a project, in memory: what a list of them shows, and not their data. It is filled
 * when it is first asked, which goes on while the first rows are answered. It looks again while somebody
 * asks or listens: when the history of the project shows that something has happened, after at least as long
 * as a look takes, and else after at least ten times that. What is known serves until a look is complete.
 */
export class SessionIndex {
  readonly #resolved: ResolvedOptions;
  readonly #namespaces: string[] | undefined;
  readonly #keys = new Keys();
  readonly #listeners = new Set<() => void>();
  #served = new Look();
  #looking: Promise<void> | undefined;
  /** Sessions that were changed while a look was under way. */
  readonly #changed: Indexed[] = [];
  #error: Error | undefined;
  /** When the last look has begun and ended, by `performance.now()`. */
  #begun = 0;
  #ended = -Infinity;
  /** How far the history went then. */
  #stamp: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @throws Error or TypeError, in one sentence, for an option that cannot be used */
  constructor(options: CareOptions = {}) {
    this.#resolved = resolveProject(options);
    this.#namespaces = options.namespaces;
  }

  /**
   * Rows as far as they are known; the first time it waits for a moment, so that all of a small project are
   * there.
   *
   * @throws Error, in one sentence, when the place cannot be read
   */
  async rows(query: RowQuery = {}): Promise<Rows> {
    this.#lookIfDue();
    if (!this.#served.isComplete || this.#error) await this.#waitForLook();
    if (this.#error) throw this.#error;
    return selectRows(this.#served, this.#keys, query);
  }

  /** What a key stands for that was in a row; `undefined` when there is no such row. It may have ended since. */
  find(key: string): Promise<Indexed | undefined> {
    return this.#keys.find(key, this.#served.columns);
  }

  /**
   * Reads one session anew: for who has just changed it.
   *
   * @throws Error, in one sentence, when the place cannot be read
   */
  async reread(session: Indexed): Promise<void> {
    if (this.#looking) this.#changed.push(session);
    await this.#reread(session, this.#served);
    this.#tell();
  }

  /**
   * Looks at all sessions anew; what is known serves until that is complete.
   *
   * @throws Error, in one sentence, when the place cannot be read
   */
  async refresh(): Promise<void> {
    await this.#looking; // which may have passed by what is new
    await this.#look();
    if (this.#error) throw this.#error;
  }

  /**
   * Hears when rows have changed, or cannot be read, and twice a second while the first look goes on.
   *
   * @returns ends it
   */
  listen(hear: () => void): () => void {
    const listener = (): void => hear();
    this.#listeners.add(listener);
    this.#tick();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Ends all that goes on. */
  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    stopTimer(this.#timer);
  }

  /** Nothing of it keeps a process alive. */
  #tick(): void {
    stopTimer(this.#timer);
    if (this.#listeners.size === 0) return;
    this.#timer = startTimer(() => {
      if (this.#looking && !this.#served.isComplete) this.#tell();
      this.#lookIfDue();
      this.#tick();
    }, TICK).unref();
  }

  #tell(): void {
    for (const hear of this.#listeners) hear();
  }

  #lookIfDue(): void {
    if (this.#looking || this.#isClosed) return;
    const rest = performance.now() - this.#ended;
    const { took } = this.#served;
    const isNews = stampHistory(this.#resolved) !== this.#stamp;
    const soon = this.#error ? AFTER_FAULT : Math.max(SOON, took * SOON_PART);
    const later = Math.max(LATER, took * LATER_PART);
    if (rest >= (isNews || this.#error ? soon : later)) void this.#look();
  }

  async #waitForLook(): Promise<void> {
    const left = this.#begun + PATIENCE - performance.now();
    if (!this.#looking || left <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const isOver = new Promise<void>((resolve) => (timer = startTimer(resolve, left)));
    await Promise.race([this.#looking, isOver]);
    stopTimer(timer);
  }

  /** Never rejects. */
  #look(): Promise<void> {
    return (this.#looking ??= this.#lookAtAll().finally(() => (this.#looking = undefined)));
  }

  async #lookAtAll(): Promise<void> {
    const stamp = stampHistory(this.#resolved);
    const isFirst = !this.#served.isComplete;
    const before = isFirst ? undefined : this.#served.columns.digest;
    const look = new Look();
    if (isFirst) this.#served = look;
    this.#begun = performance.now();
    this.#changed.length = 0;
    let isNews = stamp !== this.#stamp || this.#error !== undefined;
    try {
      await look.run(this.#resolved, this.#namespaces, !isFirst, () => !this.#isClosed);
      for (const session of this.#changed.splice(0)) await this.#reread(session, look);
      isNews ||= before !== look.columns.digest;
      this.#error = undefined;
      if (look.isComplete) this.#served = look;
    } catch (error) {
      isNews = this.#error === undefined;
      this.#error = error as Error;
    }
    this.#stamp = stamp;
    this.#ended = performance.now();
    if (isNews) this.#tell();
  }

  async #reread(session: Indexed, look: Look): Promise<void> {
    const { id, namespace } = session;
    if (namespace === undefined) return;
    const facts = await readResolved(this.#resolved, id, [namespace]);
    const { columns } = look;
    if (!facts) columns.end(session);
    else if (look.isComplete || columns.find(session) >= 0) columns.put(facts); // else the look comes to it
    look.forgetOrders();
  }
}
