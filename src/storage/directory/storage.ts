import { isWorthMoving } from '../../session/lifetime.ts';
import type { Absence, SessionStorage, StoredText } from '../../session/storage.ts';
import { isExpired, type Entry } from './file/entry.ts';
import { toNamespacePrefix, toRecordName } from './layout.ts';
import { whyUnreadable } from './quarantine.ts';
import type { SealedFiles } from './sealed-files.ts';

/** How many file names are remembered. */
const KNOWN_NAMES = 1000;

/** The session directory as a SessionStorage for one namespace. A call has done its work when it returns. */
export class DirectoryStorage implements SessionStorage {
  readonly #files: SealedFiles;
  readonly #prefix: string;
  /** File names by key: a request reads a session and then stores it, with others in between. */
  readonly #names = new Map<string, string>();

  constructor(files: SealedFiles, namespace: string) {
    this.#files = files;
    this.#prefix = toNamespacePrefix(namespace);
  }

  get(key: string): StoredText | undefined {
    const entry = this.#files.read(this.#toName(key));
    return entry && toLive(entry);
  }

  /** @param ttl Infinity for one that never expires */
  set(key: string, text: string, ttl: number): boolean {
    const expires = ttl === Infinity ? 0 : Date.now() + ttl;
    let isRefused = false;
    this.#files.update(this.#toName(key), (entry) => {
      isRefused = entry?.isRetired ?? false;
      if (isRefused) return undefined;
      const isSame = entry?.text === text && (entry.expires === 0) === (expires === 0);
      if (isSame && !isWorthMoving(entry.expires, expires, ttl)) return entry;
      return { key, text, expires, isRetired: false };
    });
    return !isRefused;
  }

  touch(key: string, ttl: number): boolean {
    let isLive = false;
    this.#files.update(this.#toName(key), (entry) => {
      isLive = entry !== undefined && !entry.isRetired;
      if (!entry || !isLive) return undefined;
      return { ...entry, expires: Date.now() + ttl };
    });
    return isLive;
  }

  retire(key: string, ttl: number): void {
    this.#files.update(this.#toName(key), (entry) => {
      if (!entry || entry.isRetired) return entry;
      return { key: '', text: '', expires: Date.now() + ttl, isRetired: true };
    });
  }

  revive(key: string): void {
    const name = this.#toName(key);
    if (this.#files.read(name)?.isRetired) this.#files.revive(name);
  }

  /** Removes what is there, without refusing the key; `false` when nothing is. */
  delete(key: string): boolean {
    const name = this.#toName(key);
    const entry = this.#files.read(name);
    return entry !== undefined && !entry.isRetired && this.#files.remove(name);
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    for await (const name of this.#files.names(this.#prefix)) yield* this.#entry(name);
  }

  entriesNow(): (StoredText & { key: string })[] {
    return this.#files.namesNow(this.#prefix).flatMap((name) => this.#entry(name));
  }

  async absence(key: string): Promise<Absence | undefined> {
    const name = this.#toName(key);
    if (this.#files.read(name)?.isRetired) return { because: 'retired' };
    const { layout, fingerprint } = this.#files;
    const reason = whyUnreadable(layout, fingerprint, name);
    return reason === undefined ? undefined : { because: 'unreadable', reason };
  }

  /** By their headers. */
  async count(): Promise<number> {
    let count = 0;
    for await (const name of this.#files.names(this.#prefix)) {
      const header = this.#files.peek(name);
      if (header && !header.isRetired && !isExpired(header.expires)) count++;
    }
    return count;
  }

  /** Retired keys stay retired: a slow request must not bring a session back after a clear either. */
  async clear(): Promise<void> {
    for await (const name of this.#files.names(this.#prefix)) {
      // What is held may be newer than its file, or have none; a read sets aside what is no record.
      const isUnknown = this.#files.holds(name) || !this.#files.peek(name);
      const current = isUnknown ? this.#files.read(name) : this.#files.peek(name);
      if (current && !current.isRetired) this.#files.remove(name);
    }
  }

  /** What is live under a name, or nothing. */
  #entry(name: string): (StoredText & { key: string })[] {
    const entry = this.#files.read(name);
    const live = entry && toLive(entry);
    return live ? [{ key: entry.key, ...live }] : [];
  }

  #toName(key: string): string {
    const known = this.#names.get(key);
    if (known) return known;
    if (this.#names.size >= KNOWN_NAMES) this.#names.clear();
    const name = toRecordName(this.#prefix, key);
    this.#names.set(key, name);
    return name;
  }
}

function toLive({ text, expires, isRetired }: Entry): StoredText | undefined {
  return isRetired ? undefined : { text, expires: expires || Infinity };
}
