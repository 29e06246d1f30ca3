import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';

/** What decides where a request leads, beside what starts the app: lockfiles, tsconfig. */
export interface DecisivePaths {
  /** Files that were read or looked for, and packages; there or not. */
  files: string[];
  /** Folders in which another name would have been found first. */
  folders: string[];
}

/**
 * The paths that have decided where a request leads: `./a` to `a.ts`, or `zod` to a file of a package.
 *
 * @param from the folder of the importing file
 * @param target the file that it led to, absolute
 * @returns `undefined` where that cannot be told: by `paths` of a tsconfig, by NODE_PATH, with Plug'n'Play
 */
export function toDecisivePaths(
  request: string,
  from: string,
  target: string,
): DecisivePaths | undefined {
  if (/^\.{1,2}(\/|$)/.test(request) || isAbsolute(request)) {
    const base = resolve(from, request);
    const isFolder = statSync(base, { throwIfNoEntry: false })?.isDirectory() === true;
    const within = isFolder ? [base, dirname(target)] : [];
    return {
      files: toScopes(dirname(target)).concat(isFolder ? join(base, 'package.json') : []),
      folders: [dirname(base), ...within],
    };
  }
  const places = toPlaces(request, from);
  const place = places.at(-1);
  if (place === undefined || !target.startsWith(toRealPath(place) + sep)) return undefined;
  const files = [...places, join(place, 'package.json'), ...toScopes(dirname(target))];
  return { files, folders: [dirname(target)] };
}

/** Where a package is looked for, the last place being the one where it is; none when it is in none. */
function toPlaces(request: string, from: string): string[] {
  const [first = '', second = ''] = request.split('/');
  const name = first.startsWith('@') ? join(first, second) : first;
  const places: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    places.push(place);
    if (statSync(place, { throwIfNoEntry: false })) return places;
    if (dirname(folder) === folder) return [];
  }
}

/** The package.json files that say of which kind the modules in a folder are, as far as they may lie. */
function toScopes(folder: string): string[] {
  const path = join(folder, 'package.json');
  const parent = dirname(folder);
  const isTop = parent === folder || folder.endsWith(`${sep}node_modules`);
  if (isTop || statSync(path, { throwIfNoEntry: false })) return [path];
  return [path, ...toScopes(parent)];
}

function toRealPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path; // it has gone: what it decides has changed then
  }
}
