import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Recent } from '../../session/recent.ts';
import { createSealKey, seal, unseal, type SealFault, type SealKey } from '../../session/seal.ts';
import { checkSize } from '../../session/storage.ts';

/**
 * A record as Redis holds it, signed: the fingerprint of the key, the signature, the text.
 *
 *   0123456789abcdef.<43 characters of base64url>.{"v":1,"created":…,"data":{…}}
 *
 * Sealed, the text is not there to be read: `HO1.` and then what a file would have, in base64.
 */
const FINGERPRINT_LENGTH = 16;
const SIGNATURE_LENGTH = 43;
const TEXT_START = FINGERPRINT_LENGTH + SIGNATURE_LENGTH + 2;
const SEALED = 'HO1.';

/** How much is remembered of records, in characters, and what each takes beside its texts. */
const CAPACITY = 8 * 1024 * 1024;
const OVERHEAD = 200;

/** The keys of records: the first signs and seals, all of them open. */
export interface RecordKey {
  signing: KeyObject;
  sealing: SealKey;
  /** Names the key without giving it away. */
  fingerprint: string;
}

/** Makes the keys of records from one secret. */
export function createRecordKey(secret: Buffer | string): RecordKey {
  const { bytes, fingerprint } = createSealKey(secret, 'redis signature');
  return {
    signing: createSecretKey(bytes),
    sealing: createSealKey(secret, 'redis seal'),
    fingerprint,
  };
}

/** What stands under a key of Redis, and the text in it. */
interface Opened {
  stored: string;
  text: string;
}

/** Turns texts into what is stored in Redis, and back. */
export class RedisRecords {
  readonly #keys: RecordKey[];
  readonly #isSealed: boolean;
  /** What this process has stored or opened lately, by its place: the same again needs no checking. */
  readonly #opened = new Recent<Opened>(
    CAPACITY,
    ({ stored, text }) => stored.length + text.length + OVERHEAD,
  );

  /** @param keys at least one, the newest first */
  constructor(keys: RecordKey[], isSealed: boolean) {
    this.#keys = keys;
    this.#isSealed = isSealed;
  }

  /**
   * What is stored for a text. `place` is its key in Redis; it counts nowhere else.
   *
   * @throws Error if the text is larger than a storage takes
   */
  toStored(place: string, text: string): string {
    checkSize(text);
    const stored = this.#close(place, text);
    this.#opened.set(place, { stored, text });
    return stored;
  }

  #close(place: string, text: string): string {
    const [key] = this.#keys as [RecordKey];
    if (this.#isSealed) {
      // When it expires is for Redis to know.
      return SEALED + seal(key.sealing, place, 0, text).toString('base64');
    }
    return `${key.fingerprint}.${sign(key, place, text)}.${text}`;
  }

  /** Whether this process has stored or opened a record there lately. */
  hasSeen(place: string): boolean {
    return this.#opened.has(place);
  }

  /** The text that was stored, signed or sealed; the fault when it is not ours or not as it was. */
  fromStored(place: string, stored: string): { text: string } | SealFault {
    const known = this.#opened.get(place);
    if (known?.stored === stored) return known;
    const opened = this.#open(place, stored);
    if (typeof opened === 'object') this.#opened.set(place, { stored, text: opened.text });
    return opened;
  }

  #open(place: string, stored: string): { text: string } | SealFault {
    if (stored.startsWith(SEALED)) return this.#unseal(place, stored);
    const fingerprint = stored.slice(0, FINGERPRINT_LENGTH);
    if (stored[FINGERPRINT_LENGTH] !== '.' || stored[TEXT_START - 1] !== '.') {
      return 'not a session record';
    }
    const key = this.#keys.find((candidate) => candidate.fingerprint === fingerprint);
    if (!key) return 'wrong key';
    const text = stored.slice(TEXT_START);
    const given = Buffer.from(stored.slice(FINGERPRINT_LENGTH + 1, TEXT_START - 1));
    const right = Buffer.from(sign(key, place, text));
    const isRight = given.length === right.length && timingSafeEqual(given, right);
    return isRight ? { text } : 'altered';
  }

  #unseal(place: string, stored: string): { text: string } | SealFault {
    const bytes = Buffer.from(stored.slice(SEALED.length), 'base64');
    for (const key of this.#keys) {
      const opened = unseal(key.sealing, place, bytes);
      if (opened !== 'wrong key') return opened;
    }
    return 'wrong key';
  }
}

/** No key of Redis that is made here has a line break. */
function sign(key: RecordKey, place: string, text: string): string {
  return createHmac('sha256', key.signing).update(`${place}\n${text}`).digest('base64url');
}
