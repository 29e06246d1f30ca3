import { createHmac, randomBytes } from 'node:crypto';
import { stampHistory } from '../history/history.ts';
import type { ResolvedOptions } from '../options.ts';
import { maskSecrets } from '../session/display/mask.ts';
import { shortenId, toBeginning } from '../session/display/short-id.ts';
import { startTimer, stopTimer } from '../session/timers.ts';
import { resolveProject, type CareOptions } from './project.ts';
import type { RowField, RowQuery, Rows, SessionRow } from './session-row.ts';
import { isMcpClient, listAll, type SessionFacts } from './sessions.ts';

/** The session of a row. */
export interface NamedRow {
  id: string;
  namespace: string | undefined;
}

/** What is kept of a session: no data. */
type Kept = Omit<SessionFacts, 'data'>;

const DEFAULT_COUNT = 200;

/** How often the history is looked at while a listener is there. */
const TICK_MS = 500;

/** The shortest time between scans: after an event or an error, and otherwise. */
const MIN_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5000;

/** Otherwise a scan takes at most this part of the time. */
const SCAN_PART = 10;

/**
 * The live sessions of a project, in memory: what a list shows, and not their data. It reads all of them when it is
 * first asked, and again while it is asked or listened to: when the history of the project has new events, and from
 * time to time. The last rows are served until a scan is complete.
 */
export class SessionRows {
  readonly #options: CareOptions;
  readonly #resolved: ResolvedOptions;
  readonly #secret = randomBytes(32);
  readonly #listeners = new Set<() => void>();
  #sessions: Kept[] | undefined;
  #scan: Promise<void> | undefined;
  #error: Error | undefined;
  /** When the last scan has ended, and how long it took. */
  #ended = -Infinity;
  #took = 0;
  /** The state of the history when the last scan began. */
  #stamp: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @throws Error or TypeError, in one sentence, for an option that cannot be used */
  constructor(options: CareOptions = {}) {
    this.#options = options;
    this.#resolved = resolveProject(options);
  }

  /** @throws Error, in one sentence, if the sessions cannot be read */
  async rows(query: RowQuery = {}): Promise<Rows> {
    const {
      filter = '',
      sort = 'lastSeen',
      order = 'desc',
      from = 0,
      count = DEFAULT_COUNT,
    } = query;
    const scan = this.#scanIfDue();
    if (!this.#sessions || this.#error) await scan;
    if (this.#error) throw this.#error;
    const live = this.#live();
    const text = filter.trim().toLowerCase();
    const matching = live.filter((facts) => matches(facts, text));
    const rows = sortBy(matching, sort, order).slice(from, from + count);
    return {
      rows: rows.map((facts) => ({ key: this.#toKey(facts), ...toRow(facts) })),
      matching: matching.length,
      total: live.length,
      clients: live.filter(isMcpClient).length,
    };
  }

  /** Returns the session of a row by its key, or `undefined` if it has ended. */
  find(key: string): NamedRow | undefined {
    const found = this.#live().find((facts) => this.#toKey(facts) === key);
    return found && { id: found.id, namespace: found.namespace };
  }

  /**
   * Reads all sessions again.
   *
   * @throws Error, in one sentence, if the sessions cannot be read
   */
  async refresh(): Promise<void> {
    await this.#scan; // it may have passed what is new
    await this.#startScan();
    if (this.#error) throw this.#error;
  }

  /** Calls the listener when rows have changed, or cannot be read. Returns a function that removes it. */
  listen(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    this.#tick();
    return () => void this.#listeners.delete(own);
  }

  /** Ends scans and timers. */
  close(): void {
    this.#listeners.clear();
    stopTimer(this.#timer);
  }

  /** No timer keeps the process alive. */
  #tick(): void {
    stopTimer(this.#timer);
    if (this.#listeners.size === 0) return;
    void this.#scanIfDue();
    this.#timer = startTimer(() => this.#tick(), TICK_MS).unref();
  }

  #live(): Kept[] {
    const now = Date.now();
    return (this.#sessions ?? []).filter(({ expires }) => expires > now);
  }

  #toKey({ id, namespace = '' }: NamedRow): string {
    const hmac = createHmac('sha256', this.#secret).update(`${namespace}\n${id}`);
    return hmac.digest('base64url').slice(0, 22);
  }

  #scanIfDue(): Promise<void> | undefined {
    const hasNews = this.#error !== undefined || stampHistory(this.#resolved) !== this.#stamp;
    const pause = hasNews
      ? Math.max(MIN_PAUSE_MS, this.#took)
      : Math.max(MAX_PAUSE_MS, this.#took * SCAN_PART);
    return performance.now() - this.#ended >= pause ? this.#startScan() : this.#scan;
  }

  /** Never rejects. */
  #startScan(): Promise<void> {
    return (this.#scan ??= this.#readAll().finally(() => (this.#scan = undefined)));
  }

  async #readAll(): Promise<void> {
    const since = performance.now();
    const stamp = stampHistory(this.#resolved);
    const sessions: Kept[] = [];
    let error: Error | undefined;
    try {
      for await (const { data: _, ...facts } of listAll(this.#resolved, this.#options)) {
        sessions.push(facts);
      }
    } catch (cause) {
      error = cause as Error;
    }
    const hasNews = error
      ? !this.#error
      : stamp !== this.#stamp || !isSame(sessions, this.#sessions);
    if (!error) this.#sessions = sessions;
    this.#error = error;
    this.#stamp = stamp;
    this.#ended = performance.now();
    this.#took = this.#ended - since;
    if (hasNews) for (const listener of this.#listeners) listener();
  }
}

/** Returns what a list shows of a session, without its key. */
export function toRow(facts: Kept): Omit<SessionRow, 'key'> {
  const { id, who = null, namespace = null, created, lastSeen = null, expires, size } = facts;
  return {
    who: maskSecrets(who, id) as string | null,
    id: shortenId(id),
    namespace,
    created,
    lastSeen,
    expires: expires === Infinity ? null : expires,
    size,
    isClient: isMcpClient(facts),
  };
}

function matches({ who, id, namespace }: Kept, text: string): boolean {
  return [who, toBeginning(id), namespace].some((value) => value?.toLowerCase().includes(text));
}

function sortBy(sessions: Kept[], field: RowField, order: 'asc' | 'desc'): Kept[] {
  const sign = order === 'asc' ? 1 : -1;
  const keyed = sessions.map((facts) => {
    const value = facts[field];
    return { facts, value: field === 'who' ? facts.who?.toLowerCase() : value };
  });
  keyed.sort(({ value: one }, { value: other }) => {
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined);
    return one === other ? 0 : one < other ? -sign : sign;
  });
  return keyed.map(({ facts }) => facts);
}

/** Whether two scans have found the same sessions, whatever their order and expiries are. */
function isSame(sessions: Kept[], before: Kept[] = []): boolean {
  if (sessions.length !== before.length) return false;
  const toText = ({ id, namespace, who, created, size }: Kept): string =>
    [id, namespace, who, created, size].join('\n');
  const known = new Set(before.map(toText));
  return sessions.every((facts) => known.has(toText(facts)));
}
