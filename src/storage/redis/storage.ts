import { DEFAULT_LIFETIME } from '../../session/expiry/lifetime.ts';
import type { SealFault } from '../../session/seal.ts';
import type { Change, MissReason, SessionStorage, StoredText } from '../../session/storage.ts';
import type { RedisClient } from './client.ts';
import { ALL_SESSIONS, createRedisKeys, toNamespaceOf, type RedisKeys } from './keys.ts';
import type { RedisLink } from './link/link.ts';
import { EXPIRED, FOR_EVER, readRecord, readText, scanKeys, STEP_TIMEOUT } from './scan.ts';
import type { RedisRecords } from './records.ts';
import { EXCHANGE, LIMIT, replace, RETIRE, runScript, SET_ASIDE, STORE, toPx } from './scripts.ts';

/** How often a record is read anew that others change in the moment of an update. */
const MOST_EXCHANGES = 100;

/** Sessions in Redis, as a SessionStorage for one namespace. Redis' own clock ends them. */
export class RedisStorage implements SessionStorage {
  readonly isRemote = true;
  readonly #link: RedisLink;
  readonly #records: RedisRecords;
  readonly #keys: RedisKeys;
  readonly #onUnreadable: (fault: SealFault) => void;

  /** @param onUnreadable hears of each record that does not open */
  constructor(
    link: RedisLink,
    records: RedisRecords,
    namespace: string,
    onUnreadable: (fault: SealFault) => void,
  ) {
    this.#link = link;
    this.#records = records;
    this.#keys = createRedisKeys(namespace);
    this.#onUnreadable = onUnreadable;
  }

  /** One round trip: both commands leave together. */
  async get(id: string): Promise<StoredText | undefined> {
    const key = this.#keys.toKey(id);
    const [stored, ttl] = await this.#link.run((client) =>
      readRecord((args) => client.send(key, args), key),
    );
    const entry = this.#open(key, stored, ttl);
    if (entry && ttl === FOR_EVER) this.#limit(key);
    return entry;
  }

  async set(id: string, text: string, ttl: number): Promise<boolean> {
    const key = this.#keys.toKey(id);
    const isKnown = this.#records.hasSeen(key);
    const stored = this.#records.toStored(key, text);
    const isStored = await this.#link.run(async (client) => {
      if (isKnown && (await replace(client, key, stored, ttl))) return true;
      const keys: [string, string] = [key, this.#keys.toRetiredKey(id)];
      return (await runScript(client, STORE, keys, [stored, toPx(ttl)])) === 1;
    });
    this.#link.accepted();
    return isStored;
  }

  async update(id: string, change: Change<string>, ttl: number): Promise<void> {
    const key = this.#keys.toKey(id);
    const keys: [string, string] = [key, this.#keys.toRetiredKey(id)];
    for (let count = 1; count <= MOST_EXCHANGES; count++) {
      const [stored, left] = await this.#link.run((client) =>
        readRecord((args) => client.send(key, args), key),
      );
      const current = this.#open(key, stored, left)?.text;
      const text = change(current);
      if (current === undefined && text === undefined) return;
      const next = text === undefined ? '' : this.#records.toStored(key, text);
      const args = [stored ?? '', next, toPx(ttl)];
      const isDone = await this.#link.run((client) => runScript(client, EXCHANGE, keys, args));
      this.#link.accepted();
      if (isDone === 1) return;
    }
    throw new Error(
      'A record in Redis could not be changed, because others change it all the time. Try again.',
    );
  }

  async touch(id: string, ttl: number): Promise<boolean> {
    const key = this.#keys.toKey(id);
    return (await this.#link.run((client) => client.send(key, ['PEXPIRE', key, toPx(ttl)]))) === 1;
  }

  async retire(id: string, ttl: number): Promise<void> {
    const keys: [string, string] = [this.#keys.toKey(id), this.#keys.toRetiredKey(id)];
    await this.#link.run((client) => runScript(client, RETIRE, keys, [toPx(ttl)]));
    this.#link.accepted();
  }

  async revive(id: string): Promise<void> {
    const key = this.#keys.toRetiredKey(id);
    await this.#link.run((client) => client.send(key, ['DEL', key]));
  }

  async missReason(id: string): Promise<MissReason | undefined> {
    const key = this.#keys.toKey(id);
    const [stored, ...found] = await this.#link.run((client) =>
      Promise.all([
        readText((args) => client.send(key, args), key),
        client.send(key, ['EXISTS', this.#keys.toRetiredKey(id)]),
        client.send(key, ['EXISTS', this.#keys.toUnreadableKey(key)]),
      ]),
    );
    const [isRetired, isSetAside] = found.map((count) => count === 1);
    const opened = stored !== null ? this.#records.fromStored(key, stored) : undefined;
    if (typeof opened === 'string') return { because: 'unreadable', reason: opened };
    if (isRetired) return { because: 'retired' };
    return isSetAside ? { because: 'unreadable', reason: 'altered' } : undefined;
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    const seen = new Set<string>();
    for await (const { send, keys } of this.#batches()) {
      const isNew = (key: string): boolean => !seen.has(key);
      const fresh = [...new Set(keys)].filter(isNew);
      const records = await this.#step(() =>
        Promise.all(fresh.map((key) => readRecord(send, key))),
      );
      for (const [index, key] of fresh.entries()) {
        seen.add(key);
        const [stored, ttl] = records[index] as [string | null, number];
        const entry = this.#open(key, stored, ttl);
        const id = this.#keys.fromKey(key);
        if (entry && id !== undefined) yield { key: id, ...entry };
      }
    }
  }

  async count(): Promise<number> {
    const seen = new Set<string>();
    for await (const { keys } of this.#batches()) {
      for (const key of keys) if (this.#keys.fromKey(key) !== undefined) seen.add(key);
    }
    return seen.size;
  }

  /** Ids that were retired stay retired: their keys are others. */
  async clear(): Promise<void> {
    for await (const { send, keys } of this.#batches()) {
      await this.#step(() => Promise.all(keys.map((key) => send(['UNLINK', key]))));
    }
  }

  /** All namespaces that have sessions there. */
  async namespaces(): Promise<string[]> {
    const names = new Set<string>();
    for await (const { keys } of scanKeys(this.#link, ALL_SESSIONS)) {
      for (const key of keys) names.add(toNamespaceOf(key));
    }
    return [...names].filter((name) => name !== '');
  }

  #batches(): ReturnType<typeof scanKeys> {
    return scanKeys(this.#link, this.#keys.pattern);
  }

  #step<T>(commands: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#link.run(commands, STEP_TIMEOUT);
  }

  #open(key: string, stored: string | null, ttl: number): StoredText | undefined {
    if (stored === null || ttl === EXPIRED) return undefined;
    const opened = this.#records.fromStored(key, stored);
    if (typeof opened === 'string') {
      this.#setAside(key, stored, opened);
      return undefined;
    }
    const left = ttl === FOR_EVER ? DEFAULT_LIFETIME : ttl;
    return { text: opened.text, expires: Date.now() + left };
  }

  /**
   * No session is stored without an expiry: somebody has taken it away, or a tool that copies keys has.
   * The login stays, and ends as one of which nothing else is known.
   */
  #limit(key: string): void {
    const args = [toPx(DEFAULT_LIFETIME)];
    this.#link.run((client) => runScript(client, LIMIT, [key], args)).catch(() => {}); // the next read does it
  }

  /** A record of another key stays: a host that has that key still serves it. */
  #setAside(key: string, stored: string, fault: SealFault): void {
    this.#onUnreadable(fault);
    if (fault === 'wrong key') return;
    const keys: [string, string] = [key, this.#keys.toUnreadableKey(key)];
    this.#link.run((client) => runScript(client, SET_ASIDE, keys, [stored])).catch(() => {}); // it is found again when it is asked for again
  }
}
