import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KeptPlace } from '../../options/keep.ts';
import { toRealPath } from '../../options/project.ts';

/** What is kept of an app. */
export interface KeepHooks {
  /** The root of the project, absolute and without links. */
  root: string;
  keep: KeptPlace[];
  /** Tells the person at the terminal something, in one or two sentences. */
  say: (sentence: string) => void;
}

/** What is kept of a file. */
export interface Kept {
  /** Whether all at its top that may hold data is. */
  all: boolean;
  /** Single bindings at the top; `default` is the default export. */
  names: string[];
  /** What functions declare. */
  inFunctions: { inFunction: string; name: string }[];
}

/**
 * What is kept, by the files as Node names them.
 *
 * @param root of the project, absolute
 */
export function toKept(places: KeptPlace[], root: string): Map<string, Kept> {
  const files = new Map<string, Kept>();
  for (const { file, name, inFunction } of places) {
    const path = toRealPath(resolve(root, file));
    const kept = files.get(path) ?? { all: false, names: [], inFunctions: [] };
    files.set(path, kept);
    if (name === undefined) kept.all = true;
    else if (inFunction === undefined) kept.names.push(name);
    else kept.inFunctions.push({ inFunction, name });
  }
  return files;
}

/** Says which files are not there. */
export function sayMissing({ root, keep, say }: KeepHooks): void {
  for (const file of new Set(keep.map((place) => place.file)))
    if (!existsSync(resolve(root, file))) say(`There is no file ${file} to keep.`);
}
