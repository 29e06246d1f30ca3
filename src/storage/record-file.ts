import { seal, sealedLengthOf, unseal, type SealFault, type SealKey } from '../session/seal.ts';
import { fromText, toText, type Entry } from './entry.ts';
import { fromFile, isOneSlot, toCapacity, type Slot } from './slots.ts';

let lastVersion = 0;

/**
 * Seals an entry for a file.
 *
 * @param inFileOf the capacity of the file it goes into; @default one of its own
 */
export function toSlot(key: SealKey, name: string, entry: Entry, inFileOf?: number): Slot {
  const text = toText(entry);
  const capacity = inFileOf ?? toCapacity(sealedLengthOf(text));
  const version = nextVersion();
  return { version, capacity, sealed: seal(key, toPlace(name, version, capacity), entry, text) };
}

/**
 * The entry in the bytes of a file, or why there is none. In a stage the older version counts when the
 * writing of the newer one was interrupted; in its place a file is whole or is refused.
 */
export function toEntry(
  key: SealKey,
  name: string,
  bytes: Buffer,
  isStaged: boolean,
): Entry | SealFault {
  const slots = fromFile(bytes);
  if (typeof slots === 'string') return slots;
  if (!isStaged && !isOneSlot(bytes, slots)) {
    return slots[0]?.sealed.length === 0 ? 'truncated' : 'altered';
  }
  let fault: SealFault | undefined;
  for (const { version, capacity, sealed } of slots) {
    const opened = unseal(key, toPlace(name, version, capacity), sealed);
    if (typeof opened === 'object') {
      return { ...fromText(opened.text, opened.expires), isRetired: opened.isRetired };
    }
    fault ??= opened;
  }
  return fault ?? 'truncated';
}

/** Whether a file holds one version and nothing else. */
export function isAlone(bytes: Buffer): boolean {
  const slots = fromFile(bytes);
  return typeof slots === 'object' && isOneSlot(bytes, slots);
}

/** What a seal binds a version to: its file, its number and the form of the file. */
function toPlace(name: string, version: number, capacity: number): string {
  return `${name} ${version} ${capacity}`;
}

/** Microseconds since the epoch, each given once: later versions are higher, from other processes too. */
function nextVersion(): number {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  lastVersion = Math.max(lastVersion + 1, now);
  return lastVersion;
}
