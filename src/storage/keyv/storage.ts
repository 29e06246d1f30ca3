import { createHash } from 'node:crypto';
import { collect } from '../../session/eventually.ts';
import { KeyedOrder } from '../../session/order.ts';
import {
  checkSize,
  type Change,
  type MissReason,
  type SessionStorage,
  type StoredText,
} from '../../session/storage.ts';
import { isHeld, recordsOf, type Held, type Keyv } from './records.ts';

/**
 * Sessions in a Keyv, as a SessionStorage for one namespace: `holdover:<namespace>:<hash of the id>`, and
 * `holdover-retired:…` for ids that were destroyed.
 *
 * No adapter stores "unless destroyed" in one step: a `set` of another process in the moment of a logout
 * is taken back by that process right after, and a touch writes the record as it was read. Adapters that
 * hide their errors hide them from here, too. What has expired goes when it is read or gone through, where
 * the database ends nothing by itself.
 */
export class KeyvStorage implements SessionStorage {
  readonly isRemote = true;
  readonly #keyv: Keyv;
  readonly #namespace: string;
  readonly #prefix: string;
  /** Some adapters tear what is written to one key at the same time. */
  readonly #order = new KeyedOrder();
  readonly #retiredPrefix: string;

  constructor(keyv: Keyv, namespace: string) {
    this.#keyv = keyv;
    this.#namespace = namespace;
    this.#prefix = `holdover:${namespace}:`;
    this.#retiredPrefix = `holdover-retired:${namespace}:`;
  }

  async get(key: string): Promise<StoredText | undefined> {
    return this.#order.read(key, () => this.#get(key));
  }

  async set(key: string, text: string, ttl: number): Promise<boolean> {
    return this.#order.write(key, () => this.#set(key, text, ttl));
  }

  async update(key: string, change: Change<string>, ttl: number): Promise<void> {
    return this.#order.write(key, async () => {
      const stored = await this.#get(key);
      const text = change(stored?.text);
      if (text === undefined) {
        if (stored) await this.#keyv.delete(this.#prefix + toName(key));
        return;
      }
      checkSize(text);
      if (!stored) await this.revive(key);
      const left = stored ? stored.expires - Date.now() : ttl;
      await this.#set(key, text, Number.isFinite(left) ? Math.max(1, left) : ttl);
    });
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    return this.#order.write(key, async () => {
      const stored = await this.#get(key);
      return stored !== undefined && this.#set(key, stored.text, ttl);
    });
  }

  async retire(key: string, ttl: number): Promise<void> {
    return this.#order.write(key, async () => {
      if (!(await this.#get(key))) return;
      await this.#write(this.#retiredPrefix, { key }, ttl);
      await this.#keyv.delete(this.#prefix + toName(key));
    });
  }

  async #get(key: string): Promise<StoredText | undefined> {
    const found = await this.#read(this.#prefix + toName(key));
    return found?.key === key ? { text: found.text, expires: found.expires } : undefined;
  }

  async #set(key: string, text: string, ttl: number): Promise<boolean> {
    checkSize(text);
    if (await this.#isRetired(key)) return false;
    await this.#write(this.#prefix, { key, text }, ttl);
    if (!(await this.#isRetired(key))) return true;
    await this.#keyv.delete(this.#prefix + toName(key));
    return false;
  }

  async revive(key: string): Promise<void> {
    await this.#keyv.delete(this.#retiredPrefix + toName(key));
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    for await (const path of this.#paths()) {
      const found = await this.#read(path);
      if (found) yield found;
    }
  }

  async count(): Promise<number> {
    return (await collect(this.#paths())).length;
  }

  async missReason(key: string): Promise<MissReason | undefined> {
    return (await this.#isRetired(key)) ? { because: 'retired' } : undefined;
  }

  async clear(): Promise<void> {
    for (const path of await collect(this.#paths())) await this.#keyv.delete(path);
  }

  async #isRetired(key: string): Promise<boolean> {
    const path = this.#retiredPrefix + toName(key);
    const stored = await this.#keyv.get(path, { raw: true });
    return (stored?.value as Partial<Held> | undefined)?.key === key;
  }

  async #read(path: string): Promise<(Held & { expires: number }) | undefined> {
    const stored = await this.#keyv.get(path, { raw: true });
    if (!isHeld(stored?.value)) return undefined;
    const { key, text } = stored.value;
    return { key, text, expires: stored.expires ?? Infinity };
  }

  async #write(prefix: string, held: Held | Pick<Held, 'key'>, ttl: number): Promise<void> {
    const isStored = await this.#keyv.set(prefix + toName(held.key), held, ttl);
    if (!isStored) throw new Error('The Keyv that sessions are kept in has not stored one.');
  }

  async *#paths(): AsyncGenerator<string, void> {
    for await (const { namespace, name } of recordsOf(this.#keyv)) {
      if (namespace === this.#namespace) yield this.#prefix + name;
    }
  }
}

/** Ids are bearer secrets, and may be longer than some adapters take. */
function toName(key: string): string {
  return createHash('sha256').update(key, 'utf16le').digest('base64url');
}
