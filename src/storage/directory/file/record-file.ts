import {
  isDamaged,
  seal,
  sealedLengthOf,
  unseal,
  type SealFault,
  type SealKey,
} from '../../../session/seal.ts';
import { preciseNow } from '../../files/clock.ts';
import { fromFile, isOneSlot, toCapacity, type Slot } from './slots.ts';

/** What one record file holds. */
export interface Entry {
  key: string;
  text: string;
  /** Milliseconds since the epoch; 0 for ever. */
  expires: number;
}

/** Whether a moment has come; 0 stands for never. */
export function isExpired(expires: number): boolean {
  return expires !== 0 && expires <= Date.now();
}

/**
 * Seals an entry for a file. Its version is the time, in microseconds since the epoch.
 *
 * @param inFileOf the capacity of the file it goes into; @default one of its own
 * @param after the version in that file, which is older whatever the clock says
 */
export function toSlot(
  key: SealKey,
  name: string,
  entry: Entry,
  inFileOf?: number,
  after = 0,
): Slot {
  const text = toText(entry);
  const capacity = inFileOf ?? toCapacity(sealedLengthOf(text));
  const version = Math.max(Math.floor(preciseNow() * 1000), after + 1);
  const place = toPlace(name, version, capacity);
  return { version, capacity, sealed: seal(key, place, entry.expires, text) };
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
  const opened = slots.map((slot) => openSlot(key, name, slot));
  const whole = opened.find((entry) => typeof entry === 'object');
  const fault = opened.find((entry) => typeof entry === 'string') ?? 'truncated';
  if (isStaged) return whole ?? fault;
  // A second version gets here when its process writes it while another one moves the file.
  const isWhole = isOneSlot(bytes, slots) || (opened.length === 2 && !opened.includes(fault));
  if (isWhole) return whole ?? fault;
  return whole ? 'altered' : fault;
}

/** Whether a file holds one version and nothing else. */
export function isOneRecord(bytes: Buffer): boolean {
  const slots = fromFile(bytes);
  return typeof slots === 'object' && isOneSlot(bytes, slots);
}

function openSlot(key: SealKey, name: string, slot: Slot): Entry | SealFault {
  const place = toPlace(name, slot.version, slot.capacity);
  const opened = unseal(key, place, slot.sealed);
  if (opened === 'wrong key' && isDamaged(key, place, slot.sealed)) return 'altered';
  if (typeof opened === 'string') return opened;
  return fromText(opened.text, opened.expires);
}

/** What a seal binds a version to: its file, its number and the form of the file. */
function toPlace(name: string, version: number, capacity: number): string {
  return `${name} ${version} ${capacity}`;
}

/** How what is sealed begins. */
const TEXT = 't';

/** The text that is sealed: the key as JSON, a line break, the text of the record. */
function toText({ key, text }: Entry): string {
  return `${TEXT}${JSON.stringify(key)}\n${text}`;
}

/** The entry behind a sealed text. */
function fromText(sealed: string, expires: number): Entry {
  const end = sealed.indexOf('\n');
  const key = JSON.parse(sealed.slice(TEXT.length, end)) as string;
  return { key, text: sealed.slice(end + 1), expires };
}
