import type { Eventually } from '../../session/eventually.ts';
import type { SealKey } from '../../session/seal.ts';
import { headerOf, readRecordFile, timeOf } from '../directory/file/header.ts';
import { isExpired, toEntry } from '../directory/file/record-file.ts';
import { toLayout, toNamespacePrefix, toRecordName, type Layout } from '../directory/layout.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import { openDirectory } from '../directory/open.ts';
import { isInForce, readRetirement } from '../directory/retired.ts';
import { readScanned, scan, type Scanned } from '../directory/scan.ts';
import { statFile } from '../files/disk.ts';
import { openDirectoryKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';
import type { SurveyedRecord, SurveyFault, SurveyOptions } from './surveyed.ts';

/** In what most file systems give space. */
const BLOCK_BYTES = 4096;

const PREFIX_LENGTH = toNamespacePrefix('').length;

/** Which records of a directory to read, and how. */
export interface DirectoryReading {
  directory: string;
  /** Records with another fingerprint were sealed with another key. */
  fingerprint: string;
  /** Opens the records; `undefined` if headers are enough. */
  key: SealKey | undefined;
  /** The namespaces whose names are known. */
  known: string[];
  /** @default all, with those whose names are not known */
  namespaces?: string[] | undefined;
}

/** What a seal or its header says. */
type Opened = Pick<SurveyedRecord, 'id' | 'text' | 'expires'>;

/**
 * Reads the records of a session directory, expired ones too. It opens no storage: nothing is moved, set aside or
 * removed.
 */
export async function* surveyDirectory(
  options: StorageOptions,
  { namespaces, isLight = false, onFault = () => {} }: SurveyOptions,
): AsyncGenerator<SurveyedRecord, void> {
  if (!statFile(options.directory)) return; // nothing was stored yet
  const reading = toReading(options, isLight, namespaces);
  for await (const record of readDirectory(reading)) {
    if (typeof record.fault === 'string') onFault(record.fault, record.name);
    else yield record;
  }
}

/** Reads records, and gives those that cannot be read too. Requests of this process have a turn after each 128. */
export async function* readDirectory(
  reading: DirectoryReading,
): AsyncGenerator<
  (SurveyedRecord & { fault?: undefined }) | { fault: SurveyFault; name: string },
  void
> {
  const { directory, known, namespaces } = reading;
  const layout = toLayout(directory);
  const names = new Map(known.map((name) => [toNamespacePrefix(name), name]));
  for await (const part of scan({ layout, prefixes: namespaces?.map(toNamespacePrefix) })) {
    for (const scanned of part) {
      const { name } = scanned;
      const found = readRecord(reading, layout, scanned);
      const namespace = names.get(name.slice(0, PREFIX_LENGTH));
      if (typeof found === 'string') yield { fault: found, name };
      else if (found) yield { ...found, namespace };
    }
  }
}

/** Returns the record with one id in a namespace, if the directory has it. */
export function findInDirectory(
  options: StorageOptions,
  namespace: string,
  id: string,
): SurveyedRecord | undefined {
  if (!statFile(options.directory)) return undefined;
  const layout = toLayout(options.directory);
  const name = toRecordName(toNamespacePrefix(namespace), id);
  const found = readRecord(toReading(options, false), layout, { name, isStaged: true });
  if (!found || typeof found === 'string') return undefined;
  // After the record was read: what was stored while its name was retired does not count.
  const retirement = readRetirement(layout, name);
  if (retirement && isInForce(retirement)) return undefined;
  return { ...found, namespace };
}

/** Removes files of the directory that this process has opened. */
export function openRemoval(
  options: StorageOptions,
  onlyExpired: boolean,
): { remove: (name: string) => Eventually<boolean>; settled: () => Promise<void> } {
  const { files } = openDirectory(options);
  return {
    remove: (name) => (onlyExpired ? files.removeExpired(name) : files.removeSoon(name)),
    settled: () => files.settled(),
  };
}

function toReading(
  options: StorageOptions,
  isLight: boolean,
  namespaces?: string[],
): DirectoryReading {
  const { directory, namespace } = options;
  const key = openDirectoryKey(options);
  const known = [...listNamespaces(directory), namespace, ...(namespaces ?? [])];
  const { fingerprint } = key;
  return { directory, fingerprint, key: isLight ? undefined : key, known, namespaces };
}

/** Returns `undefined` for a file that has gone, `null` for an expired record of another key. */
function readRecord(
  { key, fingerprint }: DirectoryReading,
  layout: Layout,
  scanned: Scanned,
): Omit<SurveyedRecord, 'namespace'> | SurveyFault | null | undefined {
  const { name } = scanned;
  return readScanned(layout, scanned, (path, isStaged) => {
    const bytes = readRecordFile(path, isStaged, !key);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const opened = key ? openRecord(key, name, bytes, isStaged) : openHeader(fingerprint, bytes);
    if (opened === null || typeof opened === 'string') return opened;
    const size = bytes.length;
    const occupied = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    return { ...opened, stored: timeOf(bytes), size, occupied, name };
  });
}

function openRecord(
  key: SealKey,
  name: string,
  bytes: Buffer,
  isStaged: boolean,
): Opened | SurveyFault | null {
  const entry = toEntry(key, name, bytes, isStaged);
  if (entry === 'wrong key' && typeof openHeader(key.fingerprint, bytes) === 'object') return null;
  if (typeof entry === 'string') return entry;
  return { id: entry.key, text: entry.text, expires: entry.expires };
}

/** An expired record of another key is not a fault: it may be removed. */
function openHeader(own: string, bytes: Buffer): Opened | SurveyFault {
  const header = headerOf(bytes);
  if (typeof header === 'string') return header;
  const { fingerprint, expires } = header;
  if (fingerprint !== own && !isExpired(expires)) return 'wrong key';
  return { id: '', text: '', expires };
}
