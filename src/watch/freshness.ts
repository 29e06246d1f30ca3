import { statSync, type BigIntStats } from 'node:fs';

/** Remembers files as they were, and tells whether they still are. */
export class Freshness {
  readonly #states = new Map<string, string>();
  #isStale = false;

  /**
   * Remembers files, also those that are not there. What is known already keeps its state.
   *
   * @param readSince when they may have been read first, in milliseconds since the epoch: one that was
   * written later may not be what was read
   */
  add(paths: string[], readSince: number): void {
    for (const path of paths) {
      if (this.#states.has(path)) continue;
      const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
      if (stats && Number(stats.mtimeMs) > readSince) this.#isStale = true;
      this.#states.set(path, toState(stats));
    }
  }

  /** Whether every file is as it was. About 3 µs for a file. */
  isFresh(): boolean {
    if (this.#isStale) return false;
    return [...this.#states].every(([path, state]) => {
      const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
      return toState(stats) === state;
    });
  }
}

function toState(stats: BigIntStats | undefined): string {
  return stats ? `${stats.mtimeNs} ${stats.ctimeNs} ${stats.size} ${stats.ino}` : '';
}
