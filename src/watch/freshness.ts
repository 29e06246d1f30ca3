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

  /** Whether every file is as it was. About 3 µs for a file. */
  isFresh(): boolean {
    if (this.#isStale) return false;
    return [...this.#marks].every(([path, mark]) => toMark(lookAt(path)) === mark);
  }
}

/** Through links: packages are often linked, and what they link to is read. */
function lookAt(path: string): BigIntStats | undefined {
  return statSync(path, { throwIfNoEntry: false, bigint: true });
}
