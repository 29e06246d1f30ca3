import { describe, expect, it } from 'vitest';
import {
  createSealKey,
  HEADER_LENGTH,
  readHeader,
  seal,
  sealedLengthOf,
  unseal,
} from '../../src/session/seal.ts';

const key = createSealKey('a secret');
const expires = 1_900_000_000_000;
const text = 'the session of Ada, é 😀';

describe('a seal', () => {
  it('opens to the text and the header that were sealed', () => {
    expect(unseal(key, 'place', seal(key, 'place', expires, text))).toEqual({ expires, text });
    const empty = { expires: 0, text: '' };
    expect(unseal(key, 'place', seal(key, 'place', 0, ''))).toEqual(empty);
  });

  it('opens after no flip of any single bit', () => {
    const sealed = seal(key, 'place', expires, text);
    const faults = new Set<unknown>();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const copy = Buffer.from(sealed);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      const opened = unseal(key, 'place', copy);
      expect(opened).toBeTypeOf('string');
      faults.add(opened);
    }
    expect([...faults].sort()).toEqual(['altered', 'not a session record', 'wrong key']);
  });

  it('opens after no truncation and with nothing appended', () => {
    const sealed = seal(key, 'place', expires, text);
    for (let length = 0; length < sealed.length; length++) {
      expect(unseal(key, 'place', sealed.subarray(0, length))).toBeTypeOf('string');
    }
    expect(unseal(key, 'place', Buffer.alloc(0))).toBe('truncated');
    expect(unseal(key, 'place', Buffer.concat([sealed, Buffer.from('x')]))).toBe('altered');
  });

  it('opens in no other place', () => {
    const sealed = seal(key, 'place', expires, text);
    for (const place of ['', 'plac', 'place ', 'Place', 'place2']) {
      expect(unseal(key, place, sealed)).toBe('altered');
    }
  });

  it('opens with no other key, and says so', () => {
    const sealed = seal(key, 'place', expires, text);
    expect(unseal(createSealKey('another secret'), 'place', sealed)).toBe('wrong key');
    const forged = { ...createSealKey('another secret'), fingerprint: key.fingerprint };
    expect(unseal(forged, 'place', sealed)).toBe('altered');
  });

  it('is different each time and shows nothing of the text or the key', () => {
    const nonces = new Set<string>();
    for (let count = 0; count < 1000; count++) {
      const sealed = seal(key, 'place', expires, text);
      nonces.add(sealed.toString('hex', 20, HEADER_LENGTH));
      expect(sealed.includes('Ada')).toBe(false);
      expect(sealed.includes(key.bytes)).toBe(false);
    }
    expect(nonces.size).toBe(1000);
  });

  it('has the length that is told beforehand', () => {
    for (const one of ['', 'a', 'é', text, 'x'.repeat(100_000)]) {
      expect(seal(key, 'place', expires, one).length).toBe(sealedLengthOf(one));
    }
  });
});

describe('readHeader', () => {
  it('reads expiry and key from the first bytes, without the key', () => {
    const sealed = seal(key, 'place', 42, text);
    expect(readHeader(sealed.subarray(0, HEADER_LENGTH))).toEqual({
      expires: 42,
      fingerprint: key.fingerprint,
    });
  });

  it('says what is wrong with other bytes', () => {
    expect(readHeader(Buffer.alloc(HEADER_LENGTH - 1))).toBe('truncated');
    expect(readHeader(Buffer.alloc(HEADER_LENGTH))).toBe('not a session record');
  });
});

describe('a key', () => {
  it('is the same for the same secret, and another for another secret or purpose', () => {
    expect(createSealKey('a secret').bytes.equals(key.bytes)).toBe(true);
    expect(createSealKey(Buffer.from('a secret')).bytes.equals(key.bytes)).toBe(true);
    const others = [createSealKey('b secret'), createSealKey('a secret', 'cookie secret')];
    for (const other of others) {
      expect(other.bytes.equals(key.bytes)).toBe(false);
      expect(other.fingerprint).not.toBe(key.fingerprint);
    }
    expect(key.bytes.length).toBe(32);
    expect(key.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(key.bytes.toString('hex')).not.toContain(key.fingerprint);
  });
});
