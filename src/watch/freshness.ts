import { statSync, type BigIntStats } from 'node:fs';
import { toMark } from './preload/stamps.ts';

/** Remembers files as they were, and tells whether they still are. */
export class Freshness {
  readonly #marks = new Map<string, string | undefined>();
  #isStale = false;

  /**
   * Remembers files, also those that are not there. What is known already keeps its state.
   *
   * @param readSince when they may have been read first, in milliseconds since the epoch: one that was
   * written later may not be what was read
   */
  add(paths: string[], readSince: number): void {
    for (const path of paths) {
      if (this.#marks.has(path)) continue;
      const stats = lookAt(path);
      if (stats && Number(stats.mtimeMs) > readSince) this.#isStale = true;
      this.#marks.set(path, toMark(stats));
    }
  }

  /** Whether every file is as it was. About 10 µs for a file. */
  isFresh(): boolean {
    return this.#areFresh(() => true);
  }

  /** As `isFresh`, of all but what lies in packages: that they were installed anew is seen. */
  isFreshOutsidePackages(): boolean {
    return this.#areFresh((path) => !IN_PACKAGE.test(path));
  }

  #areFresh(counts: (path: string) => boolean): boolean {
    if (this.#isStale) return false;
    for (const [path, mark] of this.#marks) {
      if (counts(path) && toMark(lookAt(path)) !== mark) return false;
    }
    return true;
  }
}

/** `node_modules/.package-lock.json` is in none. */
const IN_PACKAGE = /[\\/]node_modules[\\/](?!\.)/;

/** Through links: packages are often linked, and what they link to is read. */
function lookAt(path: string): BigIntStats | undefined {
  return statSync(path, { throwIfNoEntry: false, bigint: true });
}
