import { closeSync, readSync } from 'node:fs';
import { sep } from 'node:path';
import { HEADER_LENGTH, readHeader, type SealKey } from '../session/seal.ts';
import { isNotPermitted, openExisting, READ, readWhole, statFile } from './disk.ts';
import { isExpired, type Envelope } from './entry.ts';
import { listFolder } from './folders.ts';
import { openSealKey } from './key.ts';
import { listNamespaces } from './namespaces.ts';
import type { StorageOptions } from './open.ts';
import { isRecordName, toLayout, toNamespacePrefix } from './paths.ts';
import { toEntry } from './record-file.ts';
import { FIRST_SEALED_OFFSET, fromFile } from './slots.ts';
import type { SurveyedRecord, SurveyOptions } from './survey.ts';

/** How much of a file holds the header of a record in its place. */
const HEAD = FIRST_SEALED_OFFSET + HEADER_LENGTH;

/** In what most file systems give space, in bytes. */
const BLOCK = 4096;

const buffer = Buffer.alloc(64 * 1024);

/**
 * The records of a session directory, those that have expired too. Reads without a store: nothing is
 * put in its place, set aside or removed.
 */
export async function* surveyDirectory(
  options: StorageOptions,
  survey: SurveyOptions,
): AsyncGenerator<SurveyedRecord, void> {
  if (!statFile(options.directory)) return; // nothing was stored yet
  const { directory, staged } = toLayout(options.directory);
  const key = openSealKey(directory, options.stateDirectory, options.sealingSecret);
  const names = new Map(
    [...listNamespaces(directory), options.namespace, ...(survey.namespaces ?? [])].map((name) => [
      toNamespacePrefix(name),
      name,
    ]),
  );
  const prefixes = survey.namespaces?.map(toNamespacePrefix);
  const length = toNamespacePrefix('').length;
  const seen = new Set<string>();
  // Staged versions first: they are the newer ones, and one that is put in its place meanwhile is met there.
  for (const folder of [staged, directory]) {
    for await (const name of listFolder(folder)) {
      const prefix = name.slice(0, length);
      if (!isRecordName(name) || seen.has(name) || prefixes?.includes(prefix) === false) continue;
      const isStaged = folder === staged;
      const record = readRecord(key, folder + sep + name, name, isStaged, survey);
      if (record && isStaged) seen.add(name);
      if (typeof record === 'object') yield { ...record, namespace: names.get(prefix) };
    }
  }
}

/** `undefined` when the file has gone, `true` when there is no session in it. */
function readRecord(
  key: SealKey,
  path: string,
  name: string,
  isStaged: boolean,
  { isLight, onFault }: SurveyOptions,
): SurveyedRecord | true | undefined {
  let bytes: Buffer | undefined;
  try {
    bytes = isLight && !isStaged ? readStart(path, HEAD) : readAll(path);
  } catch (error) {
    if (!isNotPermitted(error)) throw error;
    onFault?.('not permitted', name);
    return true;
  }
  if (!bytes) return undefined;
  const found = isLight ? toLight(key, bytes) : toFull(key, name, bytes, isStaged);
  if (typeof found === 'string') {
    onFault?.(found, name);
    return true;
  }
  if (!found) return true;
  const { length } = bytes;
  const occupied = Math.ceil(length / BLOCK) * BLOCK;
  return { ...found, namespace: undefined, size: length, occupied, place: name };
}

/** Most records fit; one that does not is read anew. */
function readAll(path: string): Buffer | undefined {
  const bytes = readStart(path, buffer.length);
  return bytes?.length === buffer.length ? readWhole(path)?.bytes : bytes;
}

/** The first bytes of a file, until the next call. Cheaper than `readWhole`, which asks for the size. */
function readStart(path: string, length: number): Buffer | undefined {
  const fd = openExisting(path, READ);
  if (fd === undefined) return undefined;
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}

type Found = Pick<SurveyedRecord, 'id' | 'text' | 'expires' | 'stored'>;

function toFull(key: SealKey, name: string, bytes: Buffer, isStaged: boolean) {
  const entry = toEntry(key, name, bytes, isStaged);
  if (typeof entry === 'string') return entry;
  const text = (entry.value as Envelope | undefined)?.value;
  if (entry.isRetired || typeof text !== 'string') return undefined;
  return { id: entry.key, text, expires: entry.expires, stored: toTime(bytes) } satisfies Found;
}

/** Retired ids that have expired are to be removed, as well. */
function toLight(key: SealKey, bytes: Buffer) {
  const slots = fromFile(bytes);
  if (slots === 'not a session record') return slots;
  const sealed = typeof slots === 'object' ? slots[0]?.sealed : undefined;
  const header = readHeader(sealed?.length ? sealed : bytes.subarray(FIRST_SEALED_OFFSET));
  if (typeof header === 'string') return header;
  if (header.fingerprint !== key.fingerprint) return 'wrong key' as const;
  if (header.isRetired && !isExpired(header.expires)) return undefined;
  return { id: '', text: '', expires: header.expires, stored: toTime(bytes) } satisfies Found;
}

/** Versions are numbered by the time of their writing, in microseconds. */
function toTime(bytes: Buffer): number | undefined {
  const slots = fromFile(bytes);
  const version = typeof slots === 'object' ? slots[0]?.version : undefined;
  return version === undefined ? undefined : Math.floor(version / 1000);
}
