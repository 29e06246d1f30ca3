import { HEADER_LENGTH, readHeader, type SealHeader } from '../../../session/seal.ts';
import { isNotPermitted, readWhole } from '../../files/disk.ts';
import { FIRST_SEALED_OFFSET, fromFile } from './slots.ts';
import type { Located } from './versions.ts';

/** What a version of a record says of itself; `undefined` when there is none, or it cannot say it. */
export function toHeader(located: Located | undefined): SealHeader | undefined {
  return located?.isFile ? readFileHeader(located.path, located.isStaged) : undefined;
}

/**
 * What a record file says of itself, unchecked: good for counting and sweeping, not for trust. Reads
 * the first bytes of a file in its place, and all of a staged one, which may have two versions.
 */
export function readFileHeader(path: string, isStaged: boolean): SealHeader | undefined {
  const start = readStart(path, isStaged ? undefined : FIRST_SEALED_OFFSET + HEADER_LENGTH);
  if (!start) return undefined;
  const slots = isStaged ? fromFile(start.bytes) : [];
  if (typeof slots === 'string') return undefined;
  const [newest] = slots;
  const header = readHeader(newest?.sealed ?? start.bytes.subarray(FIRST_SEALED_OFFSET));
  return typeof header === 'string' ? undefined : header;
}

function readStart(path: string, length: number | undefined): ReturnType<typeof readWhole> {
  try {
    return readWhole(path, length);
  } catch (error) {
    if (isNotPermitted(error)) return undefined; // set aside when it is asked for
    throw error;
  }
}
