import { lstatSync, readdirSync, statSync, type BigIntStats } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A file or folder as it was; `undefined` as the mark of one that was not there. */
export interface Stamp {
  path: string;
  mark: string | undefined;
}

/** Looks at a file or folder. A folder has another mark when an entry is added or taken away. */
export function stampOf(path: string): Stamp {
  return { path, mark: toMark(lstatSync(path, { throwIfNoEntry: false, bigint: true })) };
}

/** What changes with a file; `undefined` for one that is not there. */
export function toMark(stats: BigIntStats | undefined): string | undefined {
  return stats && `${stats.mtimeNs} ${stats.ctimeNs} ${stats.size} ${stats.ino}`;
}

/** Whether a file or folder is as it was. A few microseconds. */
export function isAsStamped({ path, mark }: Stamp): boolean {
  return stampOf(path).mark === mark;
}

/**
 * What decides which content a file has and how it is read: itself, its folder, and the package.json
 * files on the way up to its node_modules.
 */
export function pathsBehind(file: string): string[] {
  const paths = [file];
  for (let folder = dirname(file); !folder.endsWith(`${sep}node_modules`);) {
    paths.push(folder, join(folder, 'package.json'));
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return paths;
}

/**
 * What decides where a name is found from a folder: the places in which it is looked for, those that
 * are not there included.
 */
export function pathsOfSearch(places: readonly string[], name: string): string[] {
  const [first = '', second = ''] = name.split('/');
  const folder = first.startsWith('@') ? join(first, second) : first;
  const paths: string[] = [];
  for (const place of places) {
    const path = join(place, folder);
    paths.push(path);
    if (statSync(path, { throwIfNoEntry: false })) break;
    // Names like `name.js` right in node_modules are found as well.
    if (!folder.includes(sep) && hasFileOf(place, folder)) break;
  }
  return paths;
}

function hasFileOf(place: string, name: string): boolean {
  try {
    return readdirSync(place).some((entry) => entry.startsWith(`${name}.`));
  } catch {
    return false; // no such folder
  }
}
