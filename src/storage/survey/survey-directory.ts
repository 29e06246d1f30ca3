import { statFile } from '../files/disk.ts';
import { openDirectoryKey } from '../keys/key.ts';
import type { StorageOptions } from '../options.ts';
import { toLayout, toNamespacePrefix, toRecordName } from '../directory/layout.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import { isInForce, readRetirement } from '../directory/retired.ts';
import { scan } from '../directory/scan.ts';
import { readAll } from './read-all.ts';
import { readRecord, type Reading } from './read-part.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

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
  const known = [...listNamespaces(directory), options.namespace, ...(namespaces ?? [])];
  const reading = toReading(options, known, isLight);
  const prefixes = namespaces?.map(toNamespacePrefix);
  for await (const part of readAll(reading, scan({ layout: reading.layout, prefixes }))) {
    for (const [fault, place] of part.faults) onFault(fault, place);
    yield* part.records;
  }
}

/** As `surveyDirectory`, the record under one id of a namespace alone; `undefined` when there is none. */
export function findInDirectory(
  options: StorageOptions,
  namespace: string,
  id: string,
): SurveyedRecord | undefined {
  if (!statFile(options.directory)) return undefined;
  const reading = toReading(options, [namespace], false);
  const name = toRecordName(toNamespacePrefix(namespace), id);
  const found = readRecord(reading, { name, isStaged: true });
  if (!found || typeof found === 'string') return undefined;
  // After it was read: what was stored while its name was retired does not count.
  const retirement = readRetirement(reading.layout, name);
  if (retirement && isInForce(retirement)) return undefined;
  return found;
}

function toReading(options: StorageOptions, namespaces: string[], isLight: boolean): Reading {
  return {
    layout: toLayout(options.directory),
    key: openDirectoryKey(options),
    namespaces: new Map(namespaces.map((name) => [toNamespacePrefix(name), name])),
    isLight,
  };
}
