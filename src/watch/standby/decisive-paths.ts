import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';

/** What decides where a request leads, beside what starts the app: lockfiles, tsconfig. */
export interface DecisivePaths {
  /** Files that were read or looked for, and packages; there or not. */
  files: string[];
  /** Folders in which another name would have been found first. */
  folders: string[];
}

/** Finds the paths that have decided where requests lead. It looks at each path once. */
export class Decisions {
  readonly #scopes = new Map<string, string[]>();
  readonly #places = new Map<string, string[]>();
  readonly #isFolder = new Map<string, boolean>();
  readonly #realPaths = new Map<string, string>();

  /**
   * The paths that have decided where a request leads: `./a` to `a.ts`, or `zod` to a file of a package.
   *
   * @param from the folder of the importing file
   * @param target the file that it led to, absolute
   * @returns `undefined` where that cannot be told: by `paths` of a tsconfig, by NODE_PATH, with Plug'n'Play
   */
  find(request: string, from: string, target: string): DecisivePaths | undefined {
    const folder = dirname(target);
    if (isRelative(request) || isAbsolute(request)) {
      const base = resolve(from, request);
      if (!this.#isAFolder(base))
        return { files: this.findScopes(folder), folders: [dirname(base)] };
      const files = [...this.findScopes(folder), join(base, 'package.json')];
      return { files, folders: [dirname(base), base, folder] };
    }
    const places = this.#toPlaces(request, from);
    const place = places.at(-1);
    if (place === undefined || !target.startsWith(this.#toRealPath(place) + sep)) return undefined;
    const files = [...places, join(place, 'package.json'), ...this.findScopes(folder)];
    return { files, folders: [folder] };
  }

  /** The package.json files that say of which kind the modules in a folder are, as far as they may lie. */
  findScopes(folder: string): string[] {
    return remember(this.#scopes, folder, () => {
      const path = join(folder, 'package.json');
      const parent = dirname(folder);
      const isTop = parent === folder || folder.endsWith(`${sep}node_modules`);
      if (isTop || statSync(path, { throwIfNoEntry: false })) return [path];
      return [path, ...this.findScopes(parent)];
    });
  }

  /** Where a package is looked for, the last place being the one where it is; none when it is in none. */
  #toPlaces(request: string, from: string): string[] {
    const [first = '', second = ''] = request.split('/');
    const name = first.startsWith('@') ? join(first, second) : first;
    return remember(this.#places, `${from}\0${name}`, () => {
      const places: string[] = [];
      for (let folder = from; ; folder = dirname(folder)) {
        const place = join(folder, 'node_modules', name);
        places.push(place);
        if (statSync(place, { throwIfNoEntry: false })) return places;
        if (dirname(folder) === folder) return [];
      }
    });
  }

  #isAFolder(path: string): boolean {
    return remember(
      this.#isFolder,
      path,
      () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
    );
  }

  #toRealPath(path: string): string {
    return remember(this.#realPaths, path, () => {
      try {
        return realpathSync.native(path);
      } catch {
        return path; // it has gone: what it decides has changed then
      }
    });
  }
}

/** Whether a request names a file by its place, and no package. */
export function isRelative(request: string): boolean {
  return /^\.{1,2}(\/|$)/.test(request);
}

function remember<T>(known: Map<string, T>, key: string, find: () => T): T {
  const value = known.get(key) ?? find();
  known.set(key, value);
  return value;
}
