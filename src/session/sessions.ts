import { andThen, collect, type Eventually } from './eventually.ts';
import { RETIREMENT, toTtl } from './expiry/lifetime.ts';
import { withoutErrors, type SessionListener } from './listener.ts';
import { KeyedOrder } from './order.ts';
import { Recent } from './recent.ts';
import { fromRecord, toJson, toRecord, type SessionData, type StoredSession } from './record.ts';
import type { Change, SessionStorage, StoredText } from './storage.ts';
import { Touches, type Seen } from './expiry/touches.ts';

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
  readonly #touches: Touches;
  /** Whether the app gives out ids that are in use: then none is refused. */
  #repeatsIds = false;
  /** How many sessions were destroyed. */
  #ended = 0;
  /** Ids that the app has given out and nothing is stored under yet. */
  readonly #issued = new Recent<true>(ISSUED);
  /** What this process last read or stored, the latest last. */
  readonly #recent = new Recent<Seen>(CAPACITY, ({ text }) => text.length + OVERHEAD);

  /** @param lifetime how long a session lasts when `set` and `touch` are not told, in milliseconds */
  constructor(storage: SessionStorage, lifetime: number, listener?: SessionListener) {
    this.#storage = storage;
    this.#lifetime = lifetime;
    this.#listener = listener && withoutErrors(listener);
    this.#touches = new Touches({
      storage,
      order: this.#order,
      recent: this.#recent,
      listener: this.#listener,
    });
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
    const ended = this.#ended;
    return this.#order.read(id, () =>
      andThen(this.#storage.get(id), (stored) => {
        const record = stored && fromRecord(stored.text);
        if (!record) return undefined;
        const { data, created } = record;
        // An answer that was on its way at a logout is not what this process has seen last.
        if (ended === this.#ended) this.#recent.set(id, { ...stored, created });
        return { id, data, created, expires: this.#touches.expiryOf(id, stored.expires) };
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
        const stored = { text, created, expires: Date.now() + wanted }; // not later than it is stored with
        return andThen(this.#store(id, text, wanted, isRenewed || isIssued), (isStored) => {
          if (isStored) this.#touches.noteStored(id, stored, seen);
          return isStored;
        });
      }),
    );
  }

  /**
   * Changes the data under an id in one step, whoever else does at that moment. The expiry stays; a new id
   * lasts `ttl` milliseconds, and one that was destroyed is good again. `undefined` removes what is there,
   * without refusing the id.
   */
  update(id: string, change: Change<SessionData, object>, ttl = this.#lifetime): Eventually<void> {
    const wanted = toTtl(ttl);
    const toText: Change<string> = (text) => {
      const record = text === undefined ? undefined : fromRecord(text);
      const data = change(record?.data);
      return data && toRecord(toJson(data), record?.created ?? Date.now());
    };
    return this.#order.write(id, () => {
      this.#recent.delete(id);
      return this.#storage.update(id, toText, wanted);
    });
  }

  touch(id: string, ttl: number = this.#lifetime, members?: SessionData): Eventually<void> {
    const wanted = toTtl(ttl);
    if (wanted <= 0) return this.destroy(id);
    return this.#order.write(id, () => this.#touches.touch(id, wanted, members));
  }

  destroy(id: string): Eventually<void> {
    this.#ended++;
    this.#recent.delete(id);
    this.#listener?.destroyed(id);
    return this.#order.write(id, () =>
      andThen(this.#storage.retire(id, RETIREMENT), () => {
        this.#recent.delete(id);
        this.#touches.delete(id);
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
    return this.#storage.entriesNow?.().map(({ key }) => key) ?? [];
  }

  /** All live sessions as they are at the time of the call. */
  snapshot(): Eventually<StoredSession[]> {
    return andThen(this.#order.settled(), () => {
      const entries = this.#storage.entriesNow?.();
      return entries?.flatMap((entry) => this.#toSession(entry)) ?? collect(this.all());
    });
  }

  async *all(): AsyncGenerator<StoredSession, void> {
    await this.#order.settled();
    for await (const entry of this.#storage.entries()) yield* this.#toSession(entry);
  }

  async length(): Promise<number> {
    await this.#order.settled();
    return this.#storage.count();
  }

  clear(): Eventually<void> {
    this.#listener?.cleared();
    return this.#order.writeAll(() => {
      this.#recent.clear();
      this.#touches.clear();
      return this.#storage.clear();
    });
  }

  /** The session in an entry, or none where it is of another version. */
  #toSession({ key: id, text, expires }: StoredText & { key: string }): StoredSession[] {
    const record = fromRecord(text);
    if (!record) return [];
    const { data, created } = record;
    return [{ id, data, created, expires: this.#touches.expiryOf(id, expires) }];
  }

  #store(id: string, text: string, ttl: number, isRenewed: boolean): Eventually<boolean> {
    return andThen(this.#storage.set(id, text, ttl), (isStored) => {
      if (isStored || !isRenewed) return isStored;
      return andThen(this.#storage.revive(id), () => this.#storage.set(id, text, ttl));
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
