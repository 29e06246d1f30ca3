import { resolve } from 'node:path';
import { KeyvPlace } from '../storage/copy/keyv-place.ts';
import { OwnPlace } from '../storage/copy/own-place.ts';
import type { Place } from '../storage/copy/place.ts';
import { displayPlace, resolveProject } from './project.ts';
import { toDisplay } from '../options/project.ts';

/** The places that sessions are copied between, as a person names them. */
export type PlaceName =
  | { kind: 'filesystem' | 'redis' }
  /** A module whose default export is a Keyv, or a file as keyv-file keeps one. */
  | { kind: 'module' | 'file'; path: string };

/** What a call of Redis may take when nothing is said, in milliseconds: no request waits for it. */
const TIMEOUT = 5000;

const MODULE = /\.[cm]?[jt]s$/;
const FILE = /\.json$/;

/**
 * What a word of the command line names.
 *
 * @param flag before which the word stands
 * @throws Error, in one sentence, for a word that names nothing
 */
export function toPlaceName(flag: string, word: string): PlaceName {
  if (word === 'filesystem' || word === 'redis') return { kind: word };
  if (FILE.test(word)) return { kind: 'file', path: resolve(word) };
  if (MODULE.test(word)) return { kind: 'module', path: resolve(word) };
  let what = JSON.stringify(word);
  if (word === 'memory') what = 'memory, which ends with its process';
  if (word.includes('://')) what = 'a URL'; // with a password, it may be
  throw new Error(
    `${flag} is ${what}. Set it to filesystem, redis, a file as sessions.json, or a module as ./keyv.js that exports a Keyv.`,
  );
}

/**
 * Opens a place, for a project.
 *
 * @param root the folder of the project, or one below it
 * @param isSource whether there has to be something
 * @throws Error, in one sentence, when it cannot be used
 */
export async function openPlace(name: PlaceName, root: string, isSource: boolean): Promise<Place> {
  if (name.kind === 'file')
    return KeyvPlace.openFile(
      name.path,
      resolveProject({ root }).root,
      toDisplay(name.path),
      isSource,
    );
  if (name.kind === 'module') return KeyvPlace.load(name.path, root, toDisplay(name.path));
  const options = resolveProject({ root, type: name.kind });
  const redis = options.redis && { timeout: TIMEOUT, ...options.redis };
  return new OwnPlace({ ...options, redis }, displayPlace(options));
}
