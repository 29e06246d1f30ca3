import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/**
 * A sealed record is one block of bytes: a header in the clear, the AES-256-GCM ciphertext, the tag.
 * The header and the record's place (its file name) are authenticated with it, so an edited, cut,
 * swapped or re-labelled record does not open. The header is readable without the key: expired
 * records can be counted and swept by their first bytes.
 *
 *   0  4  magic "HO1" and a zero
 *   4  8  expiry, milliseconds since the epoch
 *  12  8  fingerprint of the key
 *  20 12  nonce
 *  32  …  ciphertext, then the tag of 16 bytes
 */
const MAGIC = Buffer.from('HO1\0');
const AUTHENTICATED_LENGTH = 20;
const TAG_LENGTH = 16;

/** How many bytes at the start of a sealed record `readHeader` needs. */
export const HEADER_LENGTH = 32;

/** What a sealed record says of itself. */
export interface SealHeader {
  /** Milliseconds since the epoch; 0 for ever. */
  expires: number;
  /** Names the key that it was sealed with. */
  fingerprint: string;
}

/** A key for sealing. */
export interface SealKey {
  /** 32 bytes. */
  bytes: Buffer;
  /** Names the key without giving it away: 16 hex digits. */
  fingerprint: string;
}

/** Why a sealed record does not open. */
export type SealFault = 'not a session record' | 'truncated' | 'wrong key' | 'altered';

/** Makes a key from secret material of any length; `purpose` keeps keys for different uses apart. */
export function createSealKey(secret: Buffer | string, purpose = 'session directory'): SealKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', `holdover ${purpose}`, 32));
  const fingerprint = createHash('sha256').update('holdover key').update(bytes).digest('hex');
  return { bytes, fingerprint: fingerprint.slice(0, 16) };
}

/**
 * Seals a text.
 *
 * @param place where the record will stand; it opens nowhere else
 * @param expires milliseconds since the epoch; 0 for ever
 */
export function seal(key: SealKey, place: string, expires: number, text: string): Buffer {
  const nonce = takeNonce();
  // What is authenticated stands together: the header up to the nonce, and the place.
  const bound = Buffer.allocUnsafe(AUTHENTICATED_LENGTH + Buffer.byteLength(place));
  MAGIC.copy(bound);
  bound.writeBigUInt64BE(BigInt(Math.ceil(expires)), 4);
  bound.write(key.fingerprint, 12, 'hex');
  bound.write(place, AUTHENTICATED_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce);
  cipher.setAAD(bound);
  const ciphertext = cipher.update(text, 'utf8');
  cipher.final(); // has no bytes of its own in this mode
  const authenticated = bound.subarray(0, AUTHENTICATED_LENGTH);
  return Buffer.concat([authenticated, nonce, ciphertext, cipher.getAuthTag()]);
}

/**
 * Whether a record that names another key was sealed with this one, and has been damaged since: the
 * name of the key with the rest, or the end, which is zeros after a power cut and never by chance.
 */
export function isDamaged(key: SealKey, place: string, sealed: Buffer): boolean {
  if (sealed.subarray(-TAG_LENGTH).every((byte) => byte === 0)) return true;
  const named = Buffer.from(sealed);
  named.write(key.fingerprint, 12, 'hex');
  return typeof unseal(key, place, named) === 'object';
}

/** How many bytes a text has when it is sealed. */
export function sealedLengthOf(text: string): number {
  return HEADER_LENGTH + Buffer.byteLength(text) + TAG_LENGTH;
}

/** Opens a sealed record; gives the fault when it is not whole, not ours, or not from this place. */
export function unseal(
  key: SealKey,
  place: string,
  sealed: Buffer,
): { text: string; expires: number } | SealFault {
  const header = readHeader(sealed);
  if (typeof header === 'string') return header;
  if (header.fingerprint !== key.fingerprint) return 'wrong key';
  if (sealed.length < HEADER_LENGTH + TAG_LENGTH) return 'truncated';
  const nonce = sealed.subarray(AUTHENTICATED_LENGTH, HEADER_LENGTH);
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, {
    authTagLength: TAG_LENGTH,
  });
  decipher.setAAD(Buffer.concat([sealed.subarray(0, AUTHENTICATED_LENGTH), Buffer.from(place)]));
  decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
  try {
    const text = decipher.update(sealed.subarray(HEADER_LENGTH, -TAG_LENGTH));
    decipher.final(); // has no bytes of its own in this mode
    return { text: text.toString(), expires: header.expires };
  } catch {
    return 'altered';
  }
}

/** What a sealed record says of itself, unchecked: good for counting and sweeping, not for trust. */
export function readHeader(bytes: Buffer): SealHeader | SealFault {
  if (bytes.length < HEADER_LENGTH) return 'truncated';
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return 'not a session record';
  return {
    expires: Number(bytes.readBigUInt64BE(4)),
    fingerprint: bytes.toString('hex', 12, AUTHENTICATED_LENGTH),
  };
}

const NONCE_LENGTH = HEADER_LENGTH - AUTHENTICATED_LENGTH;
let nonces = Buffer.alloc(0);

/** Each is used once. Fetching many at a time is much cheaper than a call for each. */
function takeNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCE_LENGTH * 256);
  const nonce = nonces.subarray(0, NONCE_LENGTH);
  nonces = nonces.subarray(NONCE_LENGTH);
  return nonce;
}
