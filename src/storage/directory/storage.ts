import { isWorthMoving } from '../../session/expiry/lifetime.ts';
import { Recent } from '../../session/recent.ts';
import {
  checkSize,
  type Change,
  type MissReason,
  type SessionStorage,
  type StoredText,
} from '../../session/storage.ts';
import { isExpired, type Entry } from './file/record-file.ts';
import { toNamespacePrefix, toRecordName } from './layout.ts';
import { whyUnreadable } from './quarantine.ts';
import { scan, scanNow } from './scan.ts';
import type { SealedFiles } from './sealed-files.ts';

/** How many file names are remembered. */
const KNOWN_NAMES = 1000;

/** The session directory as a SessionStorage for one namespace. A call has done its work when it returns. */
export class DirectoryStorage implements SessionStorage {
  readonly #files: SealedFiles;
  readonly #prefix: string;
  /** File names by key: a request reads a session and then stores it, with others in between. */
  readonly #names = new Recent<string>(KNOWN_NAMES);

  constructor(files: SealedFiles, namespace: string) {
    this.#files = files;
    this.#prefix = toNamespacePrefix(namespace);
  }

  get(key: string): StoredText | undefined {
    return toStored(this.#files.read(this.#toName(key)));
  }

  /** @param ttl Infinity for one that never expires */
  set(key: string, text: string, ttl: number): boolean {
    checkSize(text);
    const expires = ttl === Infinity ? 0 : Date.now() + ttl;
    return this.#files.update(this.#toName(key), (entry) => {
      const isSame = entry?.text === text && (entry.expires === 0) === (expires === 0);
      return isSame && !isWorthMoving(entry.expires, expires, ttl) ? entry : { key, text, expires };
    });
  }

  update(key: string, change: Change<string>, ttl: number): void {
    const name = this.#toName(key);
    let isRemoved = false;
    const toEntry = (entry: Entry | undefined): Entry | undefined => {
      const text = change(entry?.text);
      checkSize(text ?? '');
      isRemoved = entry !== undefined && text === undefined;
      if (text !== undefined) return { key, text, expires: entry?.expires ?? Date.now() + ttl };
    };
    const isLive = this.#files.update(name, toEntry, true);
    if (isRemoved) this.#files.remove(name);
    if (isLive || change(undefined) === undefined) return;
    this.#files.revive(name);
    this.#files.update(name, toEntry, true);
  }

  touch(key: string, ttl: number): boolean {
    let isThere = false;
    const isLive = this.#files.update(this.#toName(key), (entry) => {
      isThere = entry !== undefined;
      return entry && { ...entry, expires: Date.now() + ttl };
    });
    return isThere && isLive;
  }

  retire(key: string, ttl: number): void {
    this.#files.retire(this.#toName(key), Date.now() + ttl);
  }

  revive(key: string): void {
    this.#files.revive(this.#toName(key));
  }

  /** Removes what is there, without refusing the key; `false` when nothing is. */
  delete(key: string): boolean {
    const name = this.#toName(key);
    return this.#files.read(name) !== undefined && this.#files.remove(name);
  }

  async *entries(): AsyncGenerator<StoredText & { key: string }, void> {
    for await (const part of scan(this.#files.toScan(this.#prefix))) {
      for (const { name } of part) yield* this.#entry(name);
    }
  }

  entriesNow(): (StoredText & { key: string })[] {
    return [...scanNow(this.#files.toScan(this.#prefix))].flatMap(({ name }) => this.#entry(name));
  }

  async missReason(key: string): Promise<MissReason | undefined> {
    const name = this.#toName(key);
    if (this.#files.isRetired(name)) return { because: 'retired' };
    const { layout, fingerprint } = this.#files;
    const reason = whyUnreadable(layout, fingerprint, name);
    return reason === undefined ? undefined : { because: 'unreadable', reason };
  }

  /** By their headers. */
  async count(): Promise<number> {
    let count = 0;
    for await (const part of scan(this.#files.toScan(this.#prefix))) {
      const headers = part.map(({ name }) => this.#files.peek(name));
      count += headers.filter((header) => header && !isExpired(header.expires)).length;
    }
    return count;
  }

  /** Retired keys stay retired: a slow request must not bring a session back after a clear either. */
  async clear(): Promise<void> {
    for await (const part of scan(this.#files.toScan(this.#prefix))) {
      for (const { name } of part) {
        // A read sets aside what is no record.
        const isRecord = this.#files.peek(name) ?? this.#files.read(name);
        if (isRecord) this.#files.remove(name);
      }
    }
  }

  /** What is live under a name, or nothing. */
  #entry(name: string): (StoredText & { key: string })[] {
    const entry = this.#files.read(name);
    const stored = toStored(entry);
    return entry && stored ? [{ key: entry.key, ...stored }] : [];
  }

  #toName(key: string): string {
    const known = this.#names.get(key);
    if (known) return known;
    const name = toRecordName(this.#prefix, key);
    this.#names.set(key, name);
    return name;
  }
}

function toStored(entry: Entry | undefined): StoredText | undefined {
  return entry && { text: entry.text, expires: entry.expires || Infinity };
}
