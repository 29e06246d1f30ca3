import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Random } from '../support/random.ts';

/** What a corruption has to do its work with. */
export interface Victim {
  path: string;
  /** The path of another whole record, which stays whole unless it is said to be swapped. */
  other: string;
  random: Random;
}

const flip = (from: number, to: number) => (victim: Victim) => {
  edit(victim.path, (bytes) => {
    const end = to <= 0 ? bytes.length + to : to;
    const start = from < 0 ? bytes.length + from : from;
    const at = start + victim.random.below(end - start);
    bytes[at]! ^= 1 << victim.random.below(8);
    return bytes;
  });
};

/** Ways in which a file can be wrong. After each, its session must not be there any more. */
export const CORRUPTIONS: Record<string, (victim: Victim) => void> = {
  'a bit flipped in the magic of the file': flip(0, 8),
  'a bit flipped in the capacity': flip(8, 12),
  'a bit flipped in the version': flip(12, 20),
  'a bit flipped in the length': flip(20, 24),
  'a bit flipped in the magic of the seal, which has its version': flip(24, 27),
  'a bit flipped in the kind': flip(27, 28),
  'a bit flipped in the expiry': flip(28, 36),
  'a bit flipped in the fingerprint of the key': flip(36, 44),
  'a bit flipped in the nonce': flip(44, 56),
  'a bit flipped in the ciphertext': flip(56, -16),
  'a bit flipped in the tag': flip(-16, 0),
  'another kind of record': ({ path }) => edit(path, (bytes) => ((bytes[27] = 1), bytes)),
  'an expiry ten years later': ({ path }) =>
    edit(path, (bytes) => {
      bytes.writeBigUInt64BE(bytes.readBigUInt64BE(28) + 315_360_000_000n, 28);
      return bytes;
    }),
  'a later version': ({ path }) =>
    edit(path, (bytes) => {
      bytes.writeBigUInt64BE(bytes.readBigUInt64BE(12) + 1n, 12);
      return bytes;
    }),
  'cut short': ({ path, random }) =>
    truncateSync(path, 1 + random.below(readFileSync(path).length - 1)),
  'cut short by one byte': ({ path }) => truncateSync(path, readFileSync(path).length - 1),
  empty: ({ path }) => writeFileSync(path, ''),
  'zeros of the same length': ({ path }) => edit(path, (bytes) => bytes.fill(0)),
  'zeros from a block on': ({ path }) => edit(path, (bytes) => bytes.fill(0, 512)),
  'zeros for a tail': ({ path, random }) =>
    edit(path, (bytes) => bytes.fill(0, 30 + random.below(bytes.length - 60))),
  garbage: ({ path, random }) => writeFileSync(path, garbage(1 + random.below(2000), random)),
  'garbage behind a right beginning': ({ path, random }) =>
    edit(path, (bytes) => Buffer.concat([bytes.subarray(0, 56), garbage(300, random)])),
  'foreign JSON': ({ path }) => writeFileSync(path, '{"cookie":{},"user":"Eve"}'),
  'the format of keyv-file': ({ path }) =>
    writeFileSync(path, '{"value":"x","expire":99999999999}'),
  'the magic of a future version': ({ path }) =>
    edit(path, (bytes) => (bytes.write('HOLDOVE2'), bytes)),
  'the seal of a future version': ({ path }) =>
    edit(path, (bytes) => (bytes.write('HO2', 24), bytes)),
  'a byte appended': ({ path }) => appendFileSync(path, '\0'),
  'some bytes appended': ({ path, random }) =>
    appendFileSync(path, garbage(1 + random.below(400), random)),
  'more bytes appended than a slot has': ({ path, random }) =>
    appendFileSync(path, garbage(5000 + random.below(2000), random)),
  'more zeros appended than a slot has': ({ path }) => appendFileSync(path, Buffer.alloc(6000)),
  'appended to itself': ({ path }) => appendFileSync(path, readFileSync(path)),
  'the record of another key': ({ path, other }) => writeFileSync(path, readFileSync(other)),
  'the ciphertext of another key': ({ path, other }) =>
    edit(path, (bytes) => Buffer.concat([bytes.subarray(0, 44), readFileSync(other).subarray(44)])),
  'a directory in its place': ({ path }) => {
    unlinkSync(path);
    mkdirSync(path);
    writeFileSync(`${path}/inside`, 'x');
  },
  'a link to another record': ({ path, other }) => {
    unlinkSync(path);
    symlinkSync(other, path);
  },
  'a link to itself, moved away': ({ path }) => {
    renameSync(path, `${path}.moved`);
    symlinkSync(`${path}.moved`, path);
  },
  'a link to nowhere': ({ path }) => {
    unlinkSync(path);
    symlinkSync('/nowhere/at/all', path);
  },
  'a FIFO': ({ path }) => {
    unlinkSync(path);
    execFileSync('mkfifo', [path]);
  },
};

/**
 * In the stage these look like a kill in the middle of writing the second slot: the version in the
 * first one is whole, and counts.
 */
export const LIKE_AN_INTERRUPTED_WRITE = new Set([
  'a bit flipped in the length',
  'a byte appended',
  'some bytes appended',
  'more bytes appended than a slot has',
  'more zeros appended than a slot has',
  'appended to itself',
]);

function edit(path: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, change(readFileSync(path)));
}

function garbage(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}
