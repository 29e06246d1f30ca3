import type { SessionData, StoredSession } from './record.ts';
import type { Sessions } from './sessions.ts';

/**
 * Where sessions live, by id. Made by `createSessionStore()`.
 *
 * Calls on one id take effect in the order in which they were made, awaited or not. A call that has
 * resolved survives the death of the process. Errors of the storage reject the call; an unknown or
 * expired id is not an error.
 */
export class SessionStore {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** The session under an id, or `undefined` when there is none or it has expired. */
  async get(id: string): Promise<StoredSession | undefined> {
    return this.#sessions.get(id);
  }

  /**
   * Stores the data as it is at the time of the call, for `ttl` milliseconds; a `ttl` of 0 or less
   * destroys.
   *
   * @param ttl milliseconds; @default the lifetime of the store
   * @returns `false`, with nothing stored, when the id was destroyed before: a slow request that
   * saves after a logout does not bring the session back
   * @throws Error when the data is not plain JSON or larger than 64 MB, TypeError when `ttl` is not a
   * finite number
   */
  async set(id: string, data: object, ttl?: number): Promise<boolean> {
    return this.#sessions.set(id, data, ttl);
  }

  /**
   * Moves the expiry to `ttl` milliseconds from now and leaves the data alone, so that a slow request
   * cannot undo a faster one. An unknown id stays unknown. A move by less than 1 % of the `ttl` counts
   * in this process at once and is written within a second, together with others: a rolling session is
   * touched on every request.
   *
   * @param ttl milliseconds; @default the lifetime of the store
   * @param members parts of the data that go with the expiry (a framework's cookie settings): where
   * they differ from what this process last saw, they are stored into the current data
   */
  async touch(id: string, ttl?: number, members?: SessionData): Promise<void> {
    return this.#sessions.touch(id, ttl, members);
  }

  /** Ends a session. Its id is refused from then on, over a restart too. */
  async destroy(id: string): Promise<void> {
    return this.#sessions.destroy(id);
  }

  /**
   * Says that an app which makes its own ids gives this one out. An id that was destroyed is good again
   * for the next `set` after this call; one that is in use shows that the app makes the same ids again
   * and again, and none is refused after. The storage is not asked: most visitors never store anything.
   */
  async issue(id: string): Promise<void> {
    this.#sessions.issue(id);
  }

  /** All live sessions of this namespace, in no order, without loading all at once. */
  all(): AsyncGenerator<StoredSession, void> {
    return this.#sessions.all();
  }

  /** How many live sessions this namespace has. */
  async length(): Promise<number> {
    return this.#sessions.length();
  }

  /** Removes all sessions of this namespace, and nothing else. */
  async clear(): Promise<void> {
    return this.#sessions.clear();
  }
}
