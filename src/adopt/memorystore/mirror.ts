import { isDeepStrictEqual } from 'node:util';
import type { SessionData, StoredSession } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';
import { joinSession, splitSession, type FrameworkSession } from '../cookies/cookie-expiry.ts';

/** The lru-cache 4 in which memorystore keeps its sessions, each as a text. */
export interface Cache {
  readonly max: number;
  readonly itemCount: number;
  has(id: string): boolean;
  peek(id: string): unknown;
  set(id: string, text: unknown, ttl?: number): unknown;
  del(id: string): void;
  reset(): void;
  keys(): string[];
}

/** A store of memorystore. */
export interface MemoryStore {
  readonly store: Cache;
  readonly serializer: { stringify(session: object): unknown; parse(text: string): unknown };
}

/** Where a record has the text that a serializer of the app's own has made. */
const TEXT = 'memorystore:text';

/** Up to which difference two expiries are the same, in milliseconds. */
const SAME_TIME = 1000;

/** The cache of a store, as a mirror of the sessions that are stored behind it. */
export class Mirror {
  readonly #store: MemoryStore;
  readonly #cache: Cache;
  readonly #sessions: Sessions;

  constructor(store: MemoryStore, sessions: Sessions) {
    this.#store = store;
    this.#cache = store.store;
    this.#sessions = sessions;
  }

  /** Has the cache show what is stored under an id. */
  show(id: string, session: StoredSession | undefined): void {
    const text = session && this.#toText(session);
    if (session === undefined || text === undefined) {
      if (this.#cache.has(id)) this.#cache.del(id); // one that has expired is the cache's to remove
      return;
    }
    if (this.#cache.has(id) && this.#isSame(this.#cache.peek(id), text)) return;
    this.put(id, text, session.expires - Date.now());
  }

  /** Has the cache show all that is stored, and nothing else. */
  showAll(sessions: StoredSession[]): void {
    const stored = new Map(sessions.map((session) => [session.id, session]));
    for (const id of new Set([...this.#cache.keys(), ...stored.keys()])) {
      this.show(id, stored.get(id));
    }
  }

  /** Puts a text into the cache. What has to leave it, by the option `max`, is destroyed. */
  put(id: string, text: unknown, ttl: number): void {
    const isFull = this.#cache.itemCount >= this.#cache.max;
    const last = isFull ? this.#cache.keys().at(-1) : undefined;
    this.#cache.set(id, text, ttl);
    if (last === undefined || last === id || this.#cache.keys().includes(last)) return;
    this.#destroy(last);
  }

  /** One that cannot be destroyed is stored, and shown again. */
  #destroy(id: string): void {
    try {
      const outcome = this.#sessions.destroy(id);
      if (outcome instanceof Promise) outcome.catch(() => {});
    } catch {
      // as it is
    }
  }

  /**
   * What is stored of a session for `ttl` milliseconds. Its cookie may have another expiry, by the option
   * `ttl`: then that is stored as well.
   */
  toData(session: FrameworkSession, text: unknown, ttl: number): SessionData {
    const { data, ttl: ofCookie } = splitSession(session);
    if (this.#store.serializer !== JSON) return { cookie: data.cookie, [TEXT]: text };
    if (ofCookie === undefined || Math.abs(ofCookie - ttl) < SAME_TIME) return data;
    const expires = new Date(Date.now() + ofCookie).toISOString();
    return { ...data, cookie: { ...(data.cookie as object), expires } };
  }

  /** As the store's serializer writes it; `undefined` for what it cannot read. */
  #toText(session: StoredSession): unknown {
    const { [TEXT]: text, ...data } = joinSession(session);
    const { serializer } = this.#store;
    try {
      if (text === undefined) return serializer.stringify(data);
      return serializer.parse(text as string) ? text : undefined;
    } catch {
      return undefined; // of another serializer: it costs one login, and no request
    }
  }

  #isSame(cached: unknown, stored: unknown): boolean {
    if (cached === stored || this.#store.serializer !== JSON) return cached === stored;
    const [one, other] = [toComparable(String(cached)), toComparable(String(stored))];
    return (
      Math.abs(one.expires - other.expires) < SAME_TIME &&
      isDeepStrictEqual(one.session, other.session)
    );
  }
}

/** The expiry of a cookie is stored with its record, and timed anew. */
function toComparable(text: string): { session: object; expires: number } {
  const session = JSON.parse(text) as { cookie?: { expires?: string } | null };
  const expires = Date.parse(session.cookie?.expires ?? '') || 0;
  return { session: { ...session, cookie: { ...session.cookie, expires: null } }, expires };
}
