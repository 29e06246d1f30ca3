import type { SealFault, SealKey } from '../../session/seal.ts';
import { headerOf, readRecordFile, timeOf, type ReadFault } from '../directory/file/header.ts';
import { isExpired, toEntry } from '../directory/file/record-file.ts';
import { toNamespacePrefix, type Layout } from '../directory/layout.ts';
import { readScanned, type Scanned } from '../directory/scan.ts';
import type { SurveyedRecord } from './surveyed.ts';

/** In what most file systems give space, in bytes. */
const BLOCK = 4096;

const PREFIX_LENGTH = toNamespacePrefix('').length;

/** How records are read; it can be sent to another thread. */
export interface Reading {
  layout: Layout;
  key: SealKey;
  /** The namespaces that are known, by how the names of their records begin. */
  namespaces: Map<string, string>;
  /** Whether headers are enough. */
  isLight: boolean;
}

/** Why a record is not told, and its place. */
export type Fault = [fault: SealFault | ReadFault, place: string];

/** What some records say. */
export interface ReadPart {
  records: SurveyedRecord[];
  faults: Fault[];
}

/** Reads the records that a scan has met; those that have gone meanwhile are left out. */
export function readPart(reading: Reading, part: Scanned[]): ReadPart {
  const records: SurveyedRecord[] = [];
  const faults: Fault[] = [];
  for (const scanned of part) {
    const found = readRecord(reading, scanned);
    if (typeof found === 'string') faults.push([found, scanned.name]);
    else if (found) records.push(found);
  }
  return { records, faults };
}

/** `undefined` for one that is not there, `null` for one of another key that has expired. */
export function readRecord(
  { layout, key, namespaces, isLight }: Reading,
  scanned: Scanned,
): SurveyedRecord | SealFault | ReadFault | null | undefined {
  const { name } = scanned;
  const namespace = namespaces.get(name.slice(0, PREFIX_LENGTH));
  return readScanned(layout, scanned, (path, isStaged) => {
    const bytes = readRecordFile(path, isStaged, isLight);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const found = isLight ? toLight(key, bytes) : toFull(key, name, bytes, isStaged);
    if (found === null || typeof found === 'string') return found;
    const { id, text, expires } = found;
    const size = bytes.length;
    const occupied = Math.ceil(size / BLOCK) * BLOCK;
    const stored = timeOf(bytes);
    return { id, namespace, text, expires, stored, size, occupied, place: name };
  });
}

/** What the seal of a record gives. */
type Found = Pick<SurveyedRecord, 'id' | 'text' | 'expires'>;

/** `null` for a record of another key that has expired. */
function toFull(
  key: SealKey,
  name: string,
  bytes: Buffer,
  isStaged: boolean,
): Found | SealFault | ReadFault | null {
  const entry = toEntry(key, name, bytes, isStaged);
  if (entry === 'wrong key' && typeof toLight(key, bytes) === 'object') return null;
  if (typeof entry === 'string') return entry;
  return { id: entry.key, text: entry.text, expires: entry.expires };
}

/** Records of another key that have expired are to be removed, as well. */
function toLight(key: SealKey, bytes: Buffer): Found | SealFault {
  const header = headerOf(bytes);
  if (typeof header === 'string') return header;
  const { fingerprint, expires } = header;
  if (fingerprint !== key.fingerprint && !isExpired(expires)) return 'wrong key';
  return { id: '', text: '', expires };
}
