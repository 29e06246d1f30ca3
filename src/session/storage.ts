import type { Eventually } from './eventually.ts';

/** A stored text and the moment at which it expires, in milliseconds since the epoch. */
export interface StoredText {
  text: string;
  expires: number;
}

/** What becomes of what is there, or is not; `undefined` for nothing. May be asked more than once. */
export type Change<From, To = From> = (current: From | undefined) => To | undefined;

/** The largest text that a storage takes, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 64_000_000;

/**
 * Every storage calls this with a text before it writes anything of it.
 *
 * @throws Error if the text is larger than a storage takes
 */
export function checkSize(text: string): void {
  if (text.length * 3 <= MAX_TEXT_BYTES) return; // no character takes more
  const size = Buffer.byteLength(text);
  if (size <= MAX_TEXT_BYTES) return;
  const [megabytes, limit] = [size, MAX_TEXT_BYTES].map((bytes) =>
    Number((bytes / 1e6).toFixed(1)),
  );
  throw new Error(
    `The session could not be stored: it is ${megabytes} MB, and the limit is ${limit} MB. Keep large data in a file or a database.`,
  );
}

/** Why nothing is under a key, where there are traces. */
export type MissReason =
  /** It was destroyed, and is refused for a while. */
  | { because: 'retired' }
  /** What is there cannot be read, for this reason, and was set aside; one of another key was left. */
  | { because: 'unreadable'; reason: string };

/**
 * What a SessionStore needs of the layer below: a small key-value contract. `test/storage/contract.ts`
 * is its full meaning; every storage passes it.
 *
 * Keys are any strings. A write that has been answered survives the death of the process. Errors of the
 * medium are thrown or reject; only "no such key" is silent. A storage on this machine has done its work
 * when a call returns, and answers with the value itself.
 *
 * A write that fails, a retirement too, is not acknowledged, and nothing that was acknowledged before is
 * lost by it. Its change may be in effect at once, later or never, until another write of the same key is
 * answered: who has to be sure asks again. The session directory serves what it could not store from
 * memory, up to 16 MB of text, and stores it as soon as that works, so that an app goes on while its disk
 * is full; that ends with the process. To Redis nothing is sent again, but what was sent may have arrived.
 */
export interface SessionStorage {
  /** Whether a server answers, to many calls at a time, and not this process. */
  readonly isRemote?: boolean;
  /** The live text under a key; `undefined` when there is none, or it has expired or is retired. */
  get(key: string): Eventually<StoredText | undefined>;
  /**
   * Stores a text for `ttl` milliseconds (> 0). `false`, with nothing stored, for a retired key. Throws for a
   * text of more than `MAX_TEXT_BYTES`.
   * Where a write is dear, storing what is stored already may leave an expiry that would move by less
   * than 1 %.
   */
  set(key: string, text: string, ttl: number): Eventually<boolean>;
  /**
   * Puts what `change` makes of the live text in its place, in one step: where another process stores
   * meanwhile, `change` is called again, with that. The expiry stays; a text where there was none lasts
   * `ttl` milliseconds (> 0), and lifts a retirement. `undefined` removes what is there, without refusing
   * the key. A Keyv has it in one step within this process; so has the session directory, where no other
   * process stores in the microseconds between the last look at the file and the renaming over it.
   */
  update(key: string, change: Change<string>, ttl: number): Eventually<void>;
  /** Moves the expiry to `ttl` milliseconds (> 0) from now and leaves the text. `false` when there is none. */
  touch(key: string, ttl: number): Eventually<boolean>;
  /** Removes what is under a key and, if there was something, refuses the key for `ttl` milliseconds. */
  retire(key: string, ttl: number): Eventually<void>;
  /** Lifts a retirement. */
  revive(key: string): Eventually<void>;
  /** Everything live in this namespace, in no order, without loading all of it at once. */
  entries(): AsyncIterable<StoredText & { key: string }>;
  /** As `entries`, all of it before it returns, where no server is asked. */
  entriesNow?(): (StoredText & { key: string })[];
  /** How many there are. */
  count(): Promise<number>;
  /** Why nothing is under a key; `undefined` when there is no trace of it. For people, not for requests. */
  missReason?(key: string): Promise<MissReason | undefined>;
  /** Removes all of this namespace and nothing else. */
  clear(): Promise<void>;
}
