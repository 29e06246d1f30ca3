import { andThen, type Eventually } from './eventually.ts';
import { LateTouches } from './late-touches.ts';
import { isWorthMoving, RETIREMENT, toTtl } from './lifetime.ts';
import { withoutErrors, type SessionListener } from './listener.ts';
import { KeyedOrder } from './order.ts';
import { Recent } from './recent.ts';
import {
  fromRecord,
  hasMembers,
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
  /** When it expires as it is stored; a touch that waits to be written is not in it. */
  expires: number;
}

/** How much is remembered of records, in characters, and what each takes beside its text. */
const CAPACITY = 4 * 1024 * 1024;
const OVERHEAD = 200;

/** How many ids are remembered that were given out. */
const ISSUED = 1000;

/**
 * What is behind a SessionStore, and behind the stores of frameworks. A call does its work before it
 * returns where the storage does, and answers with the value itself, so that a framework's store can
 * answer when its memory store would. Over a server it answers with a promise.
 *
 * What each method guarantees is said at `SessionStore`.
 */
export class Sessions {
  readonly #storage: SessionStorage;
  readonly #lifetime: number;
  readonly #listener: SessionListener | undefined;
  readonly #order = new KeyedOrder();
  readonly #late = new LateTouches((id, ttl) =>
    this.#order.write(id, () => (this.#late.has(id) ? this.#touchNow(id, ttl) : undefined)),
  );
  /** Whether the app gives out ids that are in use: then none is refused. */
  #repeatsIds = false;
  /** Ids that the app has given out and nothing is stored under yet. */
  readonly #issued = new Recent<true>(ISSUED);
  /** What this process last read or stored, the latest last. */
  readonly #recent = new Recent<Seen>(CAPACITY, ({ text }) => text.length + OVERHEAD);

  /** @param lifetime how long a session lasts when `set` and `touch` are not told, in milliseconds */
  constructor(storage: SessionStorage, lifetime: number, listener?: SessionListener) {
    this.#storage = storage;
    this.#lifetime = lifetime;
    this.#listener = listener && withoutErrors(listener);
  }

  /** Whether sessions are kept by a server and not on this machine. */
  get isRemote(): boolean {
    return this.#storage.isRemote ?? false;
  }

  get(id: string): Eventually<StoredSession | undefined> {
    return andThen(this.find(id), (session) => {
      if (!session) this.#listener?.missed(id);
      return session;
    });
  }

  /** As `get`, for who only looks: nobody has missed what is not there. */
  find(id: string): Eventually<StoredSession | undefined> {
    return this.#order.read(id, () =>
      andThen(this.#storage.get(id), (stored) => {
        const record = stored && fromRecord(stored.text);
        if (!record) return undefined;
        const { data, created } = record;
        this.#recent.set(id, { ...stored, created });
        return { id, data, created, expires: this.#late.expiryOf(id) ?? stored.expires };
      }),
    );
  }

  /** @param isRenewed whether an id that was destroyed is good again */
  set(
    id: string,
    data: object,
    ttl: number = this.#lifetime,
    isRenewed = false,
  ): Eventually<boolean> {
    const wanted = toTtl(ttl);
    if (wanted <= 0) return andThen(this.destroy(id), () => true);
    const json = toJson(data);
    const isIssued = this.#issued.delete(id);
    return this.#order.write(id, () =>
      andThen(this.#recent.get(id) ?? this.#look(id), (seen) => {
        if (isIssued && seen) this.#repeatsIds = true;
        const created = seen?.created ?? Date.now();
        const text = toRecord(json, created);
        return andThen(this.#store(id, text, wanted, isRenewed || isIssued), (isStored) => {
          if (isStored) this.#noteStored(id, { text, created, expires: Date.now() + wanted }, seen);
          return isStored;
        });
      }),
    );
  }

  touch(id: string, ttl: number = this.#lifetime, members?: SessionData): Eventually<void> {
    const wanted = toTtl(ttl);
    if (wanted <= 0) return this.destroy(id);
    return this.#order.write(id, () => {
      const seen = this.#recent.get(id);
      if (members && !(seen && hasMembers(seen.text, members))) {
        return this.#setMembers(id, members, wanted);
      }
      return this.#move(id, seen, wanted);
    });
  }

  destroy(id: string): Eventually<void> {
    this.#recent.delete(id);
    this.#late.delete(id);
    this.#listener?.destroyed(id);
    return this.#order.write(id, () =>
      andThen(this.#storage.retire(id, RETIREMENT), () => {
        if (this.#repeatsIds) return this.#storage.revive(id);
      }),
    );
  }

  issue(id: string): void {
    this.#issued.set(id, true);
    if ((this.#recent.get(id)?.expires ?? 0) > Date.now()) this.#repeatsIds = true;
  }

  /** All live ids, before it returns; none where sessions are on a server. */
  ids(): string[] {
    return this.#storage.keys?.() ?? [];
  }

  /** All live sessions as they are at the time of the call. */
  snapshot(): Eventually<StoredSession[]> {
    return andThen(this.#order.settled(), () => {
      const keys = this.#storage.keys?.();
      if (!keys) return collect(this.all());
      return keys.flatMap((id) => {
        const session = this.find(id);
        return session && !(session instanceof Promise) ? [session] : [];
      });
    });
  }

  async *all(): AsyncGenerator<StoredSession, void> {
    await this.#order.settled();
    for await (const { key: id, text, expires } of this.#storage.entries()) {
      const record = fromRecord(text);
      if (record) yield { id, ...record, expires: this.#late.expiryOf(id) ?? expires };
    }
  }

  async length(): Promise<number> {
    await this.#order.settled();
    return this.#storage.count();
  }

  clear(): Eventually<void> {
    this.#listener?.cleared();
    return this.#order.writeAll(() => {
      this.#recent.clear();
      this.#late.clear();
      return this.#storage.clear();
    });
  }

  #store(id: string, text: string, ttl: number, isRenewed: boolean): Eventually<boolean> {
    return andThen(this.#storage.set(id, text, ttl), (isStored) => {
      if (isStored || !isRenewed) return isStored;
      return andThen(this.#storage.revive(id), () => this.#storage.set(id, text, ttl));
    });
  }

  /** What is stored already may have been left with the expiry that it had: that is moved later. */
  #noteStored(id: string, stored: Seen, before: Seen | undefined): void {
    const { text, created, expires } = stored;
    const isKept =
      before?.text === text && !isWorthMoving(before.expires, expires, expires - Date.now());
    if (isKept) this.#late.add(id, expires);
    else this.#late.delete(id);
    const written = isKept ? before.expires : expires;
    this.#recent.set(id, { text, created, expires: written });
    this.#listener?.stored(id, written);
  }

  #move(id: string, seen: Seen | undefined, ttl: number): Eventually<void> {
    const expires = Date.now() + ttl;
    if (!seen || isWorthMoving(seen.expires, expires, ttl)) return this.#touchNow(id, ttl);
    this.#late.add(id, expires);
  }

  #touchNow(id: string, ttl: number): Eventually<void> {
    const expires = Date.now() + ttl;
    return andThen(this.#storage.touch(id, ttl), (isLive) => {
      if (!isLive) return;
      const seen = this.#recent.get(id);
      if (seen) seen.expires = expires;
      this.#late.delete(id);
      this.#listener?.stored(id, expires);
    });
  }

  #setMembers(id: string, members: SessionData, ttl: number): Eventually<void> {
    return andThen(this.#storage.get(id), (stored) => {
      const record = stored && fromRecord(stored.text);
      if (!record) return;
      const { created } = record;
      const seen = { ...stored, created };
      if (hasMembers(stored.text, members)) {
        this.#recent.set(id, seen);
        return this.#move(id, seen, ttl);
      }
      const text = toRecord(toJson({ ...members, ...record.data, ...members }), created);
      return andThen(this.#storage.set(id, text, ttl), (isStored) => {
        if (!isStored) return;
        const expires = Date.now() + ttl;
        this.#recent.set(id, { text, created, expires });
        this.#late.delete(id);
        this.#listener?.stored(id, expires);
      });
    });
  }

  /** What is stored under an id that this process has not seen lately. */
  #look(id: string): Eventually<Seen | undefined> {
    return andThen(this.#storage.get(id), (stored) => {
      const record = stored && fromRecord(stored.text);
      return record && { ...stored, created: record.created };
    });
  }
}

async function collect(sessions: AsyncIterable<StoredSession>): Promise<StoredSession[]> {
  const all: StoredSession[] = [];
  for await (const session of sessions) all.push(session);
  return all;
}
