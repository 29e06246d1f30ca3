import { statSync, type BigIntStats } from 'node:fs';
import { relative } from 'node:path';
import { toMark } from './preload/stamps.ts';

/** Remembers files as they were, and tells whether they still are. */
export class Freshness {
  readonly #root: string;
  /** Those of packages, of which there are hundreds, and the others. */
  readonly #inPackages = new Map<string, string | undefined>();
  readonly #outside = new Map<string, string | undefined>();
  #isStale = false;

  /** @param root of the project, which may lie in a package itself */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Remembers files, also those that are not there. What is known already keeps its state.
   *
   * @param readSince when they may have been read first, in milliseconds since the epoch: one that was
   * written later may not be what was read
   */
  add(paths: string[], readSince: number): void {
    for (const path of paths) {
      const isInPackage = IN_PACKAGE.test(relative(this.#root, path));
      const marks = isInPackage ? this.#inPackages : this.#outside;
      if (marks.has(path)) continue;
      const stats = lookAt(path);
      if (stats && Number(stats.mtimeMs) > readSince) this.#isStale = true;
      marks.set(path, toMark(stats));
    }
  }

  /** Whether every file is as it was. About 10 µs for a file. */
  isFresh(): boolean {
    return this.isFreshOutsidePackages() && areFresh(this.#inPackages);
  }

  /** As `isFresh`, of all but what lies in packages: that they were installed anew is seen. */
  isFreshOutsidePackages(): boolean {
    return !this.#isStale && areFresh(this.#outside);
  }

  /** As `isFresh`, of what lies in packages. */
  isFreshInPackages(): boolean {
    return areFresh(this.#inPackages);
  }
}

/** `node_modules/.package-lock.json` is in none. */
const IN_PACKAGE = /(?:^|[\\/])node_modules[\\/](?!\.)/;

function areFresh(marks: ReadonlyMap<string, string | undefined>): boolean {
  for (const [path, mark] of marks) if (toMark(lookAt(path)) !== mark) return false;
  return true;
}

/** Through links: packages are often linked, and what they link to is read. */
function lookAt(path: string): BigIntStats | undefined {
  return statSync(path, { throwIfNoEntry: false, bigint: true });
}
