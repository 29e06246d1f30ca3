import { closeSync, readSync } from 'node:fs';
import {
  HEADER_LENGTH,
  readHeader,
  type SealFault,
  type SealHeader,
} from '../../../session/seal.ts';
import { isNotPermitted, openExisting, READ, readWhole } from '../../files/disk.ts';
import { FIRST_SEALED_OFFSET, fromFile } from './slots.ts';
import type { Located } from './versions.ts';

/** How much of a file holds the header of a record in its place. */
const START = FIRST_SEALED_OFFSET + HEADER_LENGTH;

/** Most records fit. */
const buffer = Buffer.alloc(64 * 1024);

/** Why the bytes of a file are not seen. */
export type ReadFault = 'not permitted';

/** What a version of a record says of itself; `undefined` when there is none, or it cannot say it. */
export function toHeader(located: Located | undefined): SealHeader | undefined {
  if (!located?.isFile) return undefined;
  const header = readFileHeader(located.path, located.isStaged);
  return typeof header === 'object' ? header : undefined;
}

/**
 * What a record file says of itself, unchecked: good for counting and sweeping, not for trust.
 * `undefined` when it has gone.
 */
export function readFileHeader(
  path: string,
  isStaged: boolean,
): SealHeader | SealFault | ReadFault | undefined {
  const bytes = readRecordFile(path, isStaged, true);
  return Buffer.isBuffer(bytes) ? headerOf(bytes) : bytes;
}

/**
 * The bytes of a record file, which are there until the next call; `undefined` when it has gone.
 *
 * @param isLight whether its header is enough: the first bytes of a file in its place, and all of a
 * staged one, which may have two versions
 */
export function readRecordFile(
  path: string,
  isStaged: boolean,
  isLight: boolean,
): Buffer | ReadFault | undefined {
  try {
    const bytes = readStart(path, isLight && !isStaged ? START : buffer.length);
    return bytes?.length === buffer.length ? readWhole(path)?.bytes : bytes;
  } catch (error) {
    if (isNotPermitted(error)) return 'not permitted';
    throw error;
  }
}

/** Cheaper than `readWhole`, which asks for the size and takes new memory. */
function readStart(path: string, length: number): Buffer | undefined {
  const fd = openExisting(path, READ);
  if (fd === undefined) return undefined;
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}

/** What the bytes of a record file, or the first ones, say of its newest version. */
export function headerOf(bytes: Buffer): SealHeader | SealFault {
  const slots = fromFile(bytes);
  if (typeof slots === 'string') return slots;
  const sealed = slots[0]?.sealed;
  return readHeader(sealed?.length ? sealed : bytes.subarray(FIRST_SEALED_OFFSET));
}

/** When the newest version in the bytes of a record file was written, which is its number. */
export function timeOf(bytes: Buffer): number | undefined {
  const slots = fromFile(bytes);
  const version = typeof slots === 'object' ? slots[0]?.version : undefined;
  return version === undefined ? undefined : Math.floor(version / 1000);
}
