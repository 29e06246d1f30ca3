import { andThen, type Eventually } from '../eventually.ts';
import { LateTouches } from './late-touches.ts';
import { isWorthMoving } from './lifetime.ts';
import type { SessionListener } from '../listener.ts';
import type { KeyedOrder } from '../order.ts';
import type { Recent } from '../recent.ts';
import { fromRecord, hasMembers, toJson, toRecord, type SessionData } from '../record.ts';
import type { SessionStorage } from '../storage.ts';

/** A record as this process last read or stored it. */
export interface Seen {
  text: string;
  created: number;
  /** When it expires as it is stored; a touch that waits to be written is not in it. */
  expires: number;
}

/** What the touches of a store work on. */
interface Parts {
  storage: SessionStorage;
  order: KeyedOrder;
  recent: Recent<Seen>;
  listener: SessionListener | undefined;
}

/** When the sessions of a store expire, and how that is moved without writing their data. */
export class Touches {
  readonly #parts: Parts;
  readonly #late: LateTouches;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#late = new LateTouches((id) => parts.order.write(id, () => this.#touchLate(id)));
  }

  /** When a session expires of which this is stored, in milliseconds since the epoch. */
  expiryOf(id: string, stored: number): number {
    return this.#late.expiryOf(id, stored) ?? stored;
  }

  delete(id: string): void {
    this.#late.delete(id);
  }

  clear(): void {
    this.#late.clear();
  }

  /** As `SessionStore.touch`. Called in the order of the writes to the id. */
  touch(id: string, ttl: number, members: SessionData | undefined): Eventually<void> {
    const seen = this.#parts.recent.get(id);
    if (members && !(seen && hasMembers(seen.text, members))) {
      return this.#setMembers(id, members, ttl);
    }
    return this.#move(id, seen, ttl);
  }

  /** What is stored already may have been left with the expiry that it had: that is moved later. */
  noteStored(id: string, stored: Seen, before: Seen | undefined): void {
    const { text, created, expires } = stored;
    const isKept =
      !this.#parts.storage.isRemote &&
      before?.text === text &&
      !isWorthMoving(before.expires, expires, expires - Date.now());
    if (isKept) this.#late.add(id, expires, before.expires);
    else this.#late.delete(id);
    const written = isKept ? before.expires : expires;
    this.#parts.recent.set(id, { text, created, expires: written });
    this.#parts.listener?.stored(id, written);
  }

  #move(id: string, seen: Seen | undefined, ttl: number): Eventually<void> {
    const expires = Date.now() + ttl;
    if (!seen || isWorthMoving(seen.expires, expires, ttl)) return this.#touchNow(id, ttl);
    this.#late.add(id, expires, seen.expires);
  }

  #touchLate(id: string): Eventually<void> {
    if (!this.#late.has(id)) return;
    return andThen(this.#parts.storage.get(id), (stored) => {
      const expires = stored && this.#late.expiryOf(id, stored.expires);
      if (expires !== undefined) return this.#touchNow(id, Math.max(1, expires - Date.now()));
    });
  }

  #touchNow(id: string, ttl: number): Eventually<void> {
    const expires = Date.now() + ttl;
    return andThen(this.#parts.storage.touch(id, ttl), (isLive) => {
      if (!isLive) return;
      const seen = this.#parts.recent.get(id);
      if (seen) seen.expires = expires;
      this.#late.delete(id);
      this.#parts.listener?.stored(id, expires);
    });
  }

  #setMembers(id: string, members: SessionData, ttl: number): Eventually<void> {
    return andThen(this.#parts.storage.get(id), (stored) => {
      const record = stored && fromRecord(stored.text);
      if (!record) return;
      const { created } = record;
      const seen = { ...stored, created };
      if (hasMembers(stored.text, members)) {
        this.#parts.recent.set(id, seen);
        return this.#move(id, seen, ttl);
      }
      const text = toRecord(toJson({ ...members, ...record.data, ...members }), created);
      return andThen(this.#parts.storage.set(id, text, ttl), (isStored) => {
        if (isStored) this.noteStored(id, { text, created, expires: Date.now() + ttl }, undefined);
      });
    });
  }
}
