import type { SealFault, SealKey } from '../../session/seal.ts';
import { statFile } from '../files/disk.ts';
import { openDirectoryKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';
import { headerOf, readRecordFile, timeOf, type ReadFault } from '../directory/file/header.ts';
import { isExpired, toEntry } from '../directory/file/record-file.ts';
import { toLayout, toNamespacePrefix, toRecordName, type Layout } from '../directory/layout.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import { isInForce, readRetirement } from '../directory/retired.ts';
import { readScanned, scan, type Scanned } from '../directory/scan.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

/** In what most file systems give space, in bytes. */
const BLOCK = 4096;

/** What one file says. */
type Found = Pick<SurveyedRecord, 'id' | 'text' | 'expires' | 'stored' | 'size'>;

/**
 * The records of a session directory, those that have expired too. Reads without a store: nothing is
 * put in its place, set aside or removed.
 */
export async function* surveyDirectory(
  options: StorageOptions,
  { namespaces, isLight = false, onFault = () => {} }: SurveyOptions,
): AsyncGenerator<SurveyedRecord, void> {
  const { directory } = options;
  if (!statFile(directory)) return; // nothing was stored yet
  const layout = toLayout(directory);
  const key = openDirectoryKey(options);
  const known = [...listNamespaces(directory), options.namespace, ...(namespaces ?? [])];
  const byPrefix = new Map(known.map((name) => [toNamespacePrefix(name), name]));
  const { length } = toNamespacePrefix('');
  const prefixes = namespaces?.map(toNamespacePrefix);
  for await (const part of scan({ layout, prefixes })) {
    for (const scanned of part) {
      const { name: place } = scanned;
      const found = look(layout, key, scanned, isLight);
      if (typeof found === 'string') onFault(found, place);
      if (!found || typeof found === 'string') continue;
      yield toSurveyed(found, byPrefix.get(place.slice(0, length)), place);
    }
  }
}

/** As `surveyDirectory`, the record under one id of a namespace alone; `undefined` when there is none. */
export function findInDirectory(
  options: StorageOptions,
  namespace: string,
  id: string,
): SurveyedRecord | undefined {
  const { directory } = options;
  if (!statFile(directory)) return undefined;
  const layout = toLayout(directory);
  const name = toRecordName(toNamespacePrefix(namespace), id);
  const found = look(layout, openDirectoryKey(options), { name, isStaged: true }, false);
  if (!found || typeof found === 'string') return undefined;
  // After it was read: what was stored while its name was retired does not count.
  const retirement = readRetirement(layout, name);
  if (retirement && isInForce(retirement)) return undefined;
  return toSurveyed(found, namespace, name);
}

function look(
  layout: Layout,
  key: SealKey,
  scanned: Scanned,
  isLight: boolean,
): Found | SealFault | ReadFault | null | undefined {
  return readScanned(layout, scanned, (path, isStaged) => {
    const bytes = readRecordFile(path, isStaged, isLight);
    if (!Buffer.isBuffer(bytes)) return bytes;
    return isLight ? toLight(key, bytes) : toFull(key, scanned.name, bytes, isStaged);
  });
}

function toSurveyed(found: Found, namespace: string | undefined, place: string): SurveyedRecord {
  const occupied = Math.ceil(found.size / BLOCK) * BLOCK;
  return { ...found, namespace, occupied, place };
}

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
  const { key: id, text, expires } = entry;
  return { id, text, expires, stored: timeOf(bytes), size: bytes.length };
}

/** Records of another key that have expired are to be removed, as well. */
function toLight(key: SealKey, bytes: Buffer): Found | SealFault {
  const header = headerOf(bytes);
  if (typeof header === 'string') return header;
  const { fingerprint, expires } = header;
  if (fingerprint !== key.fingerprint && !isExpired(expires)) return 'wrong key';
  return { id: '', text: '', expires, stored: timeOf(bytes), size: bytes.length };
}
