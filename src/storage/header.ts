import { HEADER_LENGTH, readHeader, type SealHeader } from '../session/seal.ts';
import { readWhole } from './disk.ts';
import { FIRST_SEALED_OFFSET, fromFile } from './slots.ts';

/**
 * What a record file says of itself, unchecked: good for counting and sweeping, not for trust. Reads
 * the first bytes of a file in its place, and all of a staged one, which may have two versions.
 */
export function readFileHeader(
  path: string,
  isStaged: boolean,
): (SealHeader & { fingerprint: string }) | undefined {
  const start = readWhole(path, isStaged ? undefined : FIRST_SEALED_OFFSET + HEADER_LENGTH);
  const slots = start && fromFile(start.bytes);
  const header = typeof slots === 'object' && slots[0] && readHeader(slots[0].sealed);
  return typeof header === 'object' ? header : undefined;
}
