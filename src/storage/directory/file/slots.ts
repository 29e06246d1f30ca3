/**
 * The form of a record file: a head, and one or two slots of equal size. A record is first written as
 * one slot. While it is staged its process may write the next version into the other slot, in place,
 * which is ten times cheaper than a new file; whatever interrupts that, one slot is whole.
 *
 *   0  8  "HOLDOVER"
 *   8  4  capacity: the size of a slot
 *  12  …  slot 0, then slot 1 at 12 + capacity
 *
 * A slot is a version (8 bytes), a length (4 bytes), and that many bytes of sealed record.
 */
const MAGIC = Buffer.from('HOLDOVER');
const HEAD_LENGTH = 12;

/** How much of a slot stands before its sealed record. */
const SLOT_HEAD_LENGTH = 12;

/** Where the sealed record of the first slot begins. */
export const FIRST_SEALED_OFFSET = HEAD_LENGTH + SLOT_HEAD_LENGTH;

/** Room for a record to grow in place. */
const GROWTH = 1.25;
const BLOCK = 512;

/** One version of a record. */
export interface Slot {
  /** The higher one is the newer. */
  version: number;
  /** The size of the slots of its file, which the seal binds. */
  capacity: number;
  sealed: Buffer;
}

/** The size of the slots in a file that begins with a record of this size. */
export function toCapacity(sealedLength: number): number {
  return Math.ceil(((sealedLength + SLOT_HEAD_LENGTH) * GROWTH) / BLOCK) * BLOCK;
}

/** Whether a record fits into a slot. */
export function fits(sealedLength: number, capacity: number): boolean {
  return sealedLength + SLOT_HEAD_LENGTH <= capacity;
}

/** Where a slot begins. */
export function offsetOf(slot: 0 | 1, capacity: number): number {
  return HEAD_LENGTH + slot * capacity;
}

/** The bytes of one slot. */
export function toSlot({ version, sealed }: Slot): Buffer {
  const slot = Buffer.allocUnsafe(SLOT_HEAD_LENGTH + sealed.length);
  slot.writeBigUInt64BE(BigInt(version));
  slot.writeUInt32BE(sealed.length, 8);
  sealed.copy(slot, SLOT_HEAD_LENGTH);
  return slot;
}

/** The bytes of a file with one slot. */
export function toFile(slot: Slot): Buffer {
  const head = Buffer.allocUnsafe(HEAD_LENGTH);
  MAGIC.copy(head);
  head.writeUInt32BE(slot.capacity, 8);
  return Buffer.concat([head, toSlot(slot)]);
}

/** The slots of a file, the newest first; one that is cut short has no bytes. */
export function fromFile(bytes: Buffer): Slot[] | 'not a session record' | 'truncated' {
  if (bytes.length === 0) return 'truncated';
  if (!bytes.subarray(0, 8).equals(MAGIC.subarray(0, bytes.length))) return 'not a session record';
  if (bytes.length < HEAD_LENGTH + SLOT_HEAD_LENGTH) return 'truncated';
  const capacity = bytes.readUInt32BE(8);
  const slots: Slot[] = [];
  for (const offset of [offsetOf(0, capacity), offsetOf(1, capacity)]) {
    if (bytes.length < offset + SLOT_HEAD_LENGTH) break;
    const start = offset + SLOT_HEAD_LENGTH;
    const end = start + bytes.readUInt32BE(offset + 8);
    const version = Number(bytes.readBigUInt64BE(offset));
    slots.push({
      version,
      capacity,
      sealed: bytes.subarray(start, end <= bytes.length ? end : start),
    });
  }
  return slots.sort((a, b) => b.version - a.version);
}

/** Whether a file is as `toFile` has made it, with nothing after its one slot. */
export function isOneSlot(bytes: Buffer, slots: Slot[]): boolean {
  const [slot] = slots;
  if (!slot || slots.length > 1) return false;
  return bytes.length === FIRST_SEALED_OFFSET + slot.sealed.length;
}
