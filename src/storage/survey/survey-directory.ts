import { statFile } from '../files/disk.ts';
import { listFolder } from '../files/folders.ts';
import { openDirectoryKey } from '../keys/key.ts';
import { readManyRecords } from './threads/many-records.ts';
import { listNamespaces } from '../directory/namespaces.ts';
import type { StorageOptions } from '../options.ts';
import { isRecordName, toLayout, toNamespacePrefix } from '../directory/layout.ts';
import { createRetiredCheck } from '../directory/retired.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

/** In what most file systems give space, in bytes. */
const BLOCK = 4096;

/**
 * The records of a session directory, those that have expired too. Reads without a store: nothing is
 * put in its place, set aside or removed.
 */
export async function* surveyDirectory(
  options: StorageOptions,
  survey: SurveyOptions,
): AsyncGenerator<SurveyedRecord, void> {
  if (!statFile(options.directory)) return; // nothing was stored yet
  const layout = toLayout(options.directory);
  const { directory, staged } = layout;
  const key = openDirectoryKey(options);
  const names = new Map(
    [...listNamespaces(directory), options.namespace, ...(survey.namespaces ?? [])].map((name) => [
      toNamespacePrefix(name),
      name,
    ]),
  );
  const prefixes = survey.namespaces?.map(toNamespacePrefix);
  const length = toNamespacePrefix('').length;
  const seen = new Set<string>();
  const isRetired = createRetiredCheck(layout);
  const isWanted = (name: string): boolean =>
    isRecordName(name) &&
    !seen.has(name) &&
    prefixes?.includes(name.slice(0, length)) !== false &&
    !isRetired(name);
  // Staged versions first: they are the newer ones, and one that is put in its place meanwhile is met there.
  for (const folder of [staged, directory]) {
    const how = { folder, isStaged: folder === staged, isLight: survey.isLight ?? false, key };
    for await (const batch of readManyRecords(how, listFolder(folder, isWanted))) {
      for (const [place, found] of batch) {
        if (how.isStaged && found !== undefined) seen.add(place);
        if (typeof found === 'string') survey.onFault?.(found, place);
        if (!found || typeof found === 'string') continue;
        const [id, text, expires, stored, size] = found;
        const namespace = names.get(place.slice(0, length));
        const occupied = Math.ceil(size / BLOCK) * BLOCK;
        yield { id, namespace, text, expires, stored, size, occupied, place };
      }
    }
  }
}
