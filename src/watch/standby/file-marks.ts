import { readdirSync, readlinkSync, statSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';

/** Remembers files and folders as they were, and tells whether they still are. */
export class FileMarks {
  readonly #files = new Map<string, string>();
  /** What a folder has in it: saving a file may change the times of its folder. */
  readonly #folders = new Map<string, string>();
  readonly #mayBeStale = new Set<string>();

  /**
   * Remembers files, also those that are not there. What is known already keeps its mark.
   *
   * @param readSince when they may have been read first, in milliseconds since the epoch: one that was
   * written later may not be what was read
   */
  add(paths: Iterable<string>, readSince: number): void {
    for (const path of paths) {
      if (this.#files.has(path)) continue;
      const stats = lookAt(path);
      if (stats && toChangeTime(stats) > readSince) this.#mayBeStale.add(path);
      this.#files.set(path, toMark(stats));
    }
  }

  /** Remembers which names folders have in them; as `add`. */
  addFolders(paths: Iterable<string>, readSince: number): void {
    for (const path of paths) {
      if (this.#folders.has(path)) continue;
      const stats = lookAt(path);
      if (stats && Number(stats.mtimeMs) > readSince) this.#mayBeStale.add(path);
      this.#folders.set(path, toNames(path));
    }
  }

  /** Forgets files and folders. */
  drop(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#files.delete(path);
      this.#folders.delete(path);
      this.#mayBeStale.delete(path);
    }
  }

  /** Whether all is as it was. About 5 µs for a file, 30 µs for a folder. */
  areAsMarked(): boolean {
    if (this.#mayBeStale.size > 0) return false;
    for (const [path, mark] of this.#files) if (toMark(lookAt(path)) !== mark) return false;
    for (const [path, names] of this.#folders) if (toNames(path) !== names) return false;
    return true;
  }

  /** What is not as it was. */
  findChanged(): Set<string> {
    const changed = new Set(this.#mayBeStale);
    for (const [path, mark] of this.#files) if (toMark(lookAt(path)) !== mark) changed.add(path);
    for (const [path, names] of this.#folders) if (toNames(path) !== names) changed.add(path);
    return changed;
  }
}

/** Through links: packages are often linked. */
function lookAt(path: string): BigIntStats | undefined {
  return statSync(path, { throwIfNoEntry: false, bigint: true });
}

function toMark(stats: BigIntStats | undefined): string {
  return stats ? `${stats.mtimeNs} ${stats.ctimeNs} ${stats.size} ${stats.ino}` : '';
}

function toChangeTime({ mtimeMs, ctimeMs }: BigIntStats): number {
  return Math.max(Number(mtimeMs), Number(ctimeMs));
}

function toNames(folder: string): string {
  try {
    const names = readdirSync(folder, { withFileTypes: true }).map((entry) =>
      entry.isSymbolicLink()
        ? `${entry.name}\0${readlinkSync(join(folder, entry.name))}`
        : `${entry.name}${entry.isDirectory() ? '/' : ''}`,
    );
    return names.sort().join('\n');
  } catch {
    return '';
  }
}
