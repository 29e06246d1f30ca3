import { isWorthMoving, RETIREMENT, toTtl } from './lifetime.ts';
import type { SessionListener } from './listener.ts';
import { KeyedOrder } from './order.ts';
import { Recent } from './recent.ts';
import {
  beginsWith,
  fromRecord,
  toJson,
  toRecord,
  type SessionData,
  type StoredSession,
} from './record.ts';
import type { SessionStorage } from './storage.ts';

/** A record as this process last read or stored it. */
interface Seen {
  text: string;
  created: number;
  expires: number;
}

/** How many records a store remembers having seen. */
const RECENT = 1000;

/**
 * Where sessions live, by id. Made by `createSessionStore()`.
 *
 * Calls on one id take effect in the order in which they were made, awaited or not. A call that has
 * resolved survives the death of the process. Errors of the storage reject the call; an unknown or
 * expired id is not an error.
 */
export class SessionStore {
  readonly #storage: SessionStorage;
  readonly #lifetime: number;
  readonly #listener: SessionListener | undefined;
  readonly #order = new KeyedOrder();
  /** Whether the app gives out ids that are in use: then none is refused. */
  #repeatsIds = false;
  /** What this process last read or stored, the latest last. */
  readonly #recent = new Recent<Seen>(RECENT);

  /** @param lifetime how long a session lasts when `set` and `touch` are not told, in milliseconds */
  constructor(storage: SessionStorage, lifetime: number, listener?: SessionListener) {
    this.#storage = storage;
    this.#lifetime = lifetime;
    this.#listener = listener;
  }

  /** Whether sessions are kept by a server and not on this machine. */
  get isRemote(): boolean {
    return this.#storage.isRemote ?? false;
  }

  /** The session under an id, or `undefined` when there is none or it has expired. */
  get(id: string): Promise<StoredSession | undefined> {
    return this.#order.read(id, async () => {
      const stored = await this.#storage.get(id);
      const record = stored && fromRecord(stored.text);
      if (!record) {
        this.#listener?.missed(id);
        return undefined;
      }
      const { text, expires } = stored;
      this.#recent.set(id, { text, expires, created: record.created });
      return { id, data: record.data, created: record.created, expires };
    });
  }

  /**
   * Stores the data as it is at the time of the call, for `ttl` milliseconds; a `ttl` of 0 or less
   * destroys.
   *
   * @param ttl milliseconds; @default the lifetime of the store
   * @returns `false`, with nothing stored, when the id was destroyed before: a slow request that
   * saves after a logout does not bring the session back
   * @throws Error when the data is not plain JSON, TypeError when `ttl` is not a finite number
   */
  async set(id: string, data: object, ttl: number = this.#lifetime): Promise<boolean> {
    const wanted = toTtl(ttl);
    if (wanted <= 0) {
      await this.destroy(id);
      return true;
    }
    const json = toJson(data);
    return this.#order.write(id, async () => {
      const seen = this.#recent.get(id) ?? (await this.#look(id));
      const created = seen?.created ?? Date.now();
      const text = toRecord(json, created);
      const expires = Date.now() + wanted;
      const isStored = await this.#storage.set(id, text, wanted);
      // What is there already may have been left with the expiry that it had.
      const isKept = seen?.text === text && !isWorthMoving(seen.expires, expires, wanted);
      if (!isStored) return false;
      this.#recent.set(id, { text, expires: isKept ? seen.expires : expires, created });
      this.#listener?.stored(id, isKept ? seen.expires : expires);
      return true;
    });
  }

  /**
   * Moves the expiry to `ttl` milliseconds from now and leaves the data alone, so that a slow
   * request cannot undo a faster one. An unknown id stays unknown. While that would move the expiry
   * by less than 1 % of the `ttl`, nothing is written: a rolling session is touched on every request.
   *
   * @param ttl milliseconds; @default the lifetime of the store
   * @param members parts of the data that go with the expiry (a framework's cookie settings): where
   * they differ from what this process last saw, they are stored into the current data
   */
  async touch(id: string, ttl: number = this.#lifetime, members?: SessionData): Promise<void> {
    const wanted = toTtl(ttl);
    if (wanted <= 0) return this.destroy(id);
    if (!this.#order.isBusy(id) && this.#isTouched(id, wanted, members)) return;
    await this.#order.write(id, async () => {
      if (this.#isTouched(id, wanted, members)) return;
      const seen = this.#recent.get(id);
      if (members && !(seen && beginsWith(seen.text, members))) {
        await this.#setMembers(id, members, wanted);
        return;
      }
      const expires = Date.now() + wanted;
      if (!(await this.#storage.touch(id, wanted))) return;
      if (seen) seen.expires = expires;
      this.#listener?.stored(id, expires);
    });
  }

  /** Ends a session. Its id is refused from then on, over a restart too. */
  async destroy(id: string): Promise<void> {
    this.#recent.delete(id);
    this.#listener?.destroyed(id);
    await this.#order.write(id, async () => {
      await this.#storage.retire(id, RETIREMENT);
      if (this.#repeatsIds) await this.#storage.revive(id);
    });
  }

  /**
   * Says that an app which makes its own ids gives this one out. An id that was destroyed is good again;
   * one that is in use shows that the app makes the same ids again and again, and none is refused after.
   */
  async issue(id: string): Promise<void> {
    await this.#order.write(id, async () => {
      if (await this.#storage.get(id)) this.#repeatsIds = true;
      await this.#storage.revive(id);
    });
  }

  /** All live sessions of this namespace, in no order, without loading all at once. */
  async *all(): AsyncGenerator<StoredSession, void> {
    await this.#order.settled();
    for await (const { key, text, expires } of this.#storage.entries()) {
      const record = fromRecord(text);
      if (record) yield { id: key, data: record.data, created: record.created, expires };
    }
  }

  /** How many live sessions this namespace has. */
  async length(): Promise<number> {
    await this.#order.settled();
    return this.#storage.count();
  }

  /** Removes all sessions of this namespace, and nothing else. */
  clear(): Promise<void> {
    this.#listener?.cleared();
    return this.#order.writeAll(() => {
      this.#recent.clear();
      return this.#storage.clear();
    });
  }

  /** Whether a touch would change nothing that is worth a write, as far as this process has seen. */
  #isTouched(id: string, ttl: number, members: SessionData | undefined): boolean {
    const seen = this.#recent.get(id);
    if (!seen || isWorthMoving(seen.expires, Date.now() + ttl, ttl)) return false;
    return !members || beginsWith(seen.text, members);
  }

  async #setMembers(id: string, members: SessionData, ttl: number): Promise<void> {
    const stored = await this.#storage.get(id);
    const record = stored && fromRecord(stored.text);
    if (!record) return;
    const json = toJson({ ...members, ...record.data, ...members });
    const text = toRecord(json, record.created);
    const expires = Date.now() + ttl;
    if (!(await this.#storage.set(id, text, ttl))) return;
    this.#recent.set(id, { text, expires, created: record.created });
    this.#listener?.stored(id, expires);
  }

  /** What is stored under an id that this process has not seen lately. */
  async #look(id: string): Promise<Seen | undefined> {
    const stored = await this.#storage.get(id);
    const record = stored && fromRecord(stored.text);
    return record && { ...stored, created: record.created };
  }
}
