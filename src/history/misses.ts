import { createDebug } from 'obug';
import type { SessionStorage } from '../session/storage.ts';
import { explainNews, wasValid } from './explain.ts';
import type { History, HistoryEvent, Miss } from './history.ts';
import { findRequest, rememberRequests, seenRequests, takeBegun, toText } from './seen-requests.ts';
import type { WatchedCookie } from './session-cookie.ts';

const debug = createDebug('holdover:history');

/** How long after a miss it is looked at, in milliseconds. */
const SOON = 10;

/** Misses are looked at once in this time, in milliseconds: that may mean to read all of the history. */
const BETWEEN_LOOKS = 1000;

/** How many misses are looked at in one go; more are an attack, or a test. */
const MOST_MISSES = 20;

/** The same miss is written once in this time, in milliseconds. */
const SAME_MISS = 10_000;

/** An id that was asked for and is not there, and where. */
interface AskedFor {
  at: number;
  id: string;
  storage: SessionStorage;
  namespace: string;
}

/**
 * Finds out why requests had no session, once a second and after they are answered. Says once of an id that
 * was good why it is good no longer.
 */
export class Misses {
  readonly #open: () => History;
  readonly #log: (message: string) => void;
  readonly #cookies = new Map<string, WatchedCookie>();
  readonly #asked: AskedFor[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** When misses may be looked at again, by `performance.now()`. */
  #nextLook = 0;
  #last: { key: string; at: number } | undefined;
  readonly #said = new Set<string>();

  /** @param open opens the history, when all that came before is written */
  constructor(open: () => History, log: (message: string) => void) {
    this.#open = open;
    this.#log = log;
    rememberRequests(() => this.#schedule());
  }

  /** Looks from now on at this cookie, where its framework begins a session anew. */
  watchCookie(cookie: WatchedCookie): void {
    this.#cookies.set(`${cookie.framework}\n${cookie.name}`, cookie);
  }

  /** An id was asked for and is not there. */
  add(id: string, storage: SessionStorage, namespace: string): void {
    if (this.#asked.length >= MOST_MISSES) return;
    this.#asked.push({ at: Date.now(), id, storage, namespace });
    this.#schedule();
  }

  /** Nothing of this keeps a process alive. */
  #schedule(): void {
    const delay = Math.max(SOON, this.#nextLook - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#nextLook = performance.now() + BETWEEN_LOOKS;
      this.#looking = this.#looking
        .then(() => this.#look())
        .catch((error: unknown) => debug('misses cannot be explained: %o', error));
    }, delay).unref();
  }

  /** The history is read for ids only: most requests come without one. */
  async #look(): Promise<void> {
    const history = this.#open();
    let read: HistoryEvent[] | undefined;
    const known = (): HistoryEvent[] => (read ??= history.read());
    const ofCookies = await this.#explainCookies(history, known);
    const ofIds = await Promise.all(this.#asked.splice(0).map((one) => explainMiss(one, history)));
    const misses = [...ofCookies, ...ofIds].sort((a, b) => a.at - b.at);
    const worthAdding = misses.filter((miss) => this.#isWorthAdding(miss));
    const withId = worthAdding.filter(({ id }) => id !== undefined);
    const before = withId.length > 0 ? known() : []; // without what is added now
    history.add(worthAdding);
    for (const miss of withId) this.#say(miss, before);
  }

  /** Why requests have had no session, as far as their cookies show it. */
  async #explainCookies(history: History, known: () => HistoryEvent[]): Promise<Miss[]> {
    const begun = takeBegun(MOST_MISSES);
    if (begun.length === 0) return [];
    // An app that starts does not wait for it.
    const { readSessionCookie } = await import('./session-cookie.ts');
    const misses: Miss[] = [];
    for (const { request, frameworks } of begun) {
      const { at, cookie: header, isEncrypted } = request;
      for (const cookie of this.#cookies.values()) {
        if (!frameworks.includes(cookie.framework)) continue;
        const miss = { at, what: 'missed', detail: cookie.name, by: toText(request) } as const;
        const finding = readSessionCookie(header, cookie);
        if (finding.is === 'good') continue; // the store was asked
        if (finding.is === 'missing') {
          const isInsecure = cookie.secure && !isEncrypted;
          misses.push({ ...miss, because: isInsecure ? 'insecure' : 'no cookie' });
          continue;
        }
        const id = finding.is === 'badly signed' ? history.hash(finding.id) : undefined;
        const isOwn = id !== undefined && wasValid(known(), id);
        misses.push(
          isOwn
            ? { ...miss, id, because: 'secret changed' }
            : { ...miss, because: 'foreign cookie' },
        );
      }
    }
    return misses;
  }

  #isWorthAdding({ id, because, detail, at, by }: Miss): boolean {
    const key = [because, detail, id ?? by].join('\n');
    const isSame = this.#last?.key === key && at - this.#last.at < SAME_MISS;
    if (!isSame) this.#last = { key, at };
    return !isSame;
  }

  /** Once for each id and cause, over restarts too. */
  #say(miss: Miss, known: HistoryEvent[]): void {
    const key = `${miss.id} ${miss.because}`;
    const news = this.#said.has(key) ? undefined : explainNews(miss, known);
    if (news === undefined) return;
    this.#said.add(key);
    this.#log(news);
  }
}

/** Why nothing is under an id, as far as the storage shows it. */
async function explainMiss(asked: AskedFor, history: History): Promise<Miss> {
  const { at, id, storage, namespace } = asked;
  const request =
    findRequest(id) ??
    [...seenRequests()].find((seen) => seen.cookie?.includes(id) || seen.mcpSession === id);
  const reason = await storage.missReason?.(id);
  return {
    at,
    what: 'missed',
    id: history.hash(id),
    because: reason?.because ?? 'no record',
    detail: reason?.because === 'unreadable' ? reason.reason : undefined,
    by: request && toText(request),
    namespace,
  };
}
