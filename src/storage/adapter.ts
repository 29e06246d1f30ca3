import { KeyvFile } from 'keyv-file';
import { createDebug } from 'obug';
import { isWorthMoving } from '../session/lifetime.ts';
import type { Absence, StoredText } from '../session/storage.ts';
import { isExpired, type Envelope } from './entry.ts';
import { whyUnreadable } from './quarantine.ts';
import type { SealedFiles } from './sealed-files.ts';
import { toNamespacePrefix, toRecordName } from './paths.ts';
import { sweep } from './sweep.ts';

const debug = createDebug('holdover:storage');

/** How often expired files are looked for, in milliseconds. */
const SWEEP_INTERVAL = 60 * 60 * 1000;

/** How many file names are remembered. */
const KNOWN_NAMES = 1000;

interface Wrapped {
  value: unknown;
  expire?: number | undefined;
}

/**
 * keyv-file's adapter in directory mode, with its byte-level helper replaced. As shipped, the helper
 * rewrites files in place (readers and crashes meet torn sessions), reports success when the disk is
 * full, and clears the whole directory for one namespace. The seam is `_separated`, private in
 * keyv-file 5.3; `test/storage/adapter.test.ts` pins it.
 *
 * One instance serves one namespace.
 */
export class SessionDirectoryAdapter extends KeyvFile {
  readonly #files: SealedFiles;
  #prefixOf: string | undefined;
  #namespacePrefix = '';
  /** File names by key: a request reads a session and then stores it, with others in between. */
  readonly #names = new Map<string, string>();

  constructor(files: SealedFiles) {
    super({
      filename: files.layout.directory,
      separatedFile: true,
      expiredCheckDelay: SWEEP_INTERVAL,
    });
    this.#files = files;
    (this as unknown as { _separated: object })._separated = {
      get: (key: string) => this.#readWrapped(key),
      getSync: (key: string) => this.#readWrapped(key),
      set: (key: string, { value, expire = 0 }: Wrapped) => this.#write(key, value, expire),
      delete: (key: string) => this.#delete(key),
      clear: () => this.#clear(),
      clearExpire: () => void sweep(files).catch((error: unknown) => debug('sweep: %o', error)),
    };
  }

  /** The live text under a key. */
  read(key: string): StoredText | undefined {
    const { value, expire = Infinity } = this.#readWrapped(key) ?? {};
    const text = (value as Envelope | undefined)?.value;
    return typeof text === 'string' ? { text, expires: expire } : undefined;
  }

  /** Stores a text that expires then, in milliseconds since the epoch; `false` for a retired key. */
  write(key: string, text: string, expires: number): boolean {
    return this.#write(key, { value: text, expires }, expires);
  }

  /** Moves the expiry and nothing else; `false` when nothing is live. */
  touch(key: string, ttl: number): boolean {
    let isLive = false;
    this.#files.update(this.#name(key), (entry) => {
      if (!entry || entry.isRetired) return undefined;
      isLive = true;
      const expires = Date.now() + ttl;
      return { ...entry, value: { ...(entry.value as Envelope), expires }, expires };
    });
    return isLive;
  }

  /** Removes what is there and, if there was something, refuses the key for a while. */
  retire(key: string, ttl: number): void {
    this.#files.update(this.#name(key), (entry) => {
      if (!entry || entry.isRetired) return entry;
      return { key: '', value: undefined, expires: Date.now() + ttl, isRetired: true };
    });
  }

  /** Lifts a retirement. */
  revive(key: string): void {
    const name = this.#name(key);
    if (this.#files.read(name)?.isRetired) this.#files.revive(name);
  }

  /** Why nothing live is under a key. */
  absence(key: string): Absence | undefined {
    const name = this.#name(key);
    if (this.#files.read(name)?.isRetired) return { because: 'retired' };
    const { layout, fingerprint } = this.#files;
    const reason = whyUnreadable(layout, fingerprint, name);
    return reason === undefined ? undefined : { because: 'unreadable', reason };
  }

  /** The keys of all that are live, before it returns. */
  liveKeys(): string[] {
    const entries = this.#files.namesNow(this.#prefix()).map((name) => this.#files.read(name));
    return entries.flatMap((entry) => (entry && !entry.isRetired ? [entry.key] : []));
  }

  /** How many are live, by their headers. */
  async count(): Promise<number> {
    let count = 0;
    for await (const name of this.#files.names(this.#prefix())) {
      const header = this.#files.peek(name);
      if (header && !header.isRetired && !isExpired(header.expires)) count++;
    }
    return count;
  }

  /** Removes expired files in the background, when that was not done within the last hour. */
  sweepIfDue(): void {
    const keyvFile = this as unknown as { _lastExpire: number; clearExpire(): void };
    // The clock was ahead when it was done last: who waits for that moment removes nothing until then.
    if (keyvFile._lastExpire > Date.now()) keyvFile._lastExpire = 0;
    keyvFile.clearExpire();
  }

  override async *iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    for await (const name of this.#files.names(this.#prefix())) {
      const entry = this.#files.read(name);
      if (entry && !entry.isRetired) yield [entry.key, entry.value as Awaited<Value>];
    }
  }

  override async keys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const [key] of this.iterator()) keys.push(key as string);
    return keys;
  }

  #name(key: string): string {
    const prefix = this.#prefix();
    const known = this.#names.get(key);
    if (known) return known;
    if (this.#names.size >= KNOWN_NAMES) this.#names.clear();
    const name = toRecordName(prefix, key);
    this.#names.set(key, name);
    return name;
  }

  /** Keyv sets the namespace after it is given the adapter. */
  #prefix(): string {
    const { namespace = '' } = this;
    if (this.#prefixOf !== namespace) {
      this.#prefixOf = namespace;
      this.#names.clear();
      this.#namespacePrefix = toNamespacePrefix(namespace);
    }
    return this.#namespacePrefix;
  }

  #readWrapped(key: string): Wrapped | undefined {
    const entry = this.#files.read(this.#name(key));
    if (!entry || entry.isRetired) return undefined;
    return { value: entry.value, expire: entry.expires || undefined };
  }

  #write(key: string, value: unknown, expire: number): boolean {
    let isRefused = false;
    this.#files.update(this.#name(key), (entry) => {
      isRefused = entry?.isRetired ?? false;
      if (isRefused) return undefined;
      const ttl = expire - Date.now();
      const isUnchanged = entry && expire && holdsSame(entry.value, value);
      if (isUnchanged && !isWorthMoving(entry.expires, expire, ttl)) return entry;
      return { key, value, expires: expire, isRetired: false };
    });
    return !isRefused;
  }

  #delete(key: string): boolean {
    const name = this.#name(key);
    const entry = this.#files.read(name);
    return entry !== undefined && !entry.isRetired && this.#files.remove(name);
  }

  /** Retired keys stay retired: a slow request must not bring a session back after a clear either. */
  async #clear(): Promise<void> {
    for await (const name of this.#files.names(this.#prefix())) {
      const header = this.#files.peek(name);
      if (!header) this.#files.read(name); // sets aside what is no record
      else if (!header.isRetired) this.#files.remove(name);
    }
  }
}

/** Whether two of Keyv's envelopes hold the same text. */
function holdsSame(a: unknown, b: unknown): boolean {
  const text = (a as Envelope | undefined)?.value;
  return typeof text === 'string' && text === (b as Envelope | undefined)?.value;
}
