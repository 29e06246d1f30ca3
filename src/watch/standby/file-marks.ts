import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Remembers files and folders as they were, and tells which are not any more. */
export class FileMarks {
  readonly #files: Map<string, string>;
  /** The code that a folder has in it: saving a file may change the times of its folder. */
  readonly #folders: Map<string, string>;

  constructor(files = new Map<string, string>(), folders = new Map<string, string>()) {
    this.#files = files;
    this.#folders = folders;
  }

  copy(): FileMarks {
    return new FileMarks(new Map(this.#files), new Map(this.#folders));
  }

  /**
   * Remembers files, also those that are not there. What is known already keeps its mark.
   *
   * @param readSince when they may have been read first, in milliseconds since the epoch: one that was
   * written later may not be what was read, and counts as changed
   */
  add(paths: Iterable<string>, readSince: number): void {
    for (const path of paths) {
      if (!this.#files.has(path)) this.#files.set(path, isLater(path, readSince) ?? toMark(path));
    }
  }

  /** Remembers what folders have in them; as `add`. */
  addFolders(paths: Iterable<string>, readSince: number): void {
    for (const path of paths) {
      if (!this.#folders.has(path))
        this.#folders.set(path, isLater(path, readSince) ?? toNames(path));
    }
  }

  /** Forgets files. */
  drop(paths: Iterable<string>): void {
    for (const path of paths) this.#files.delete(path);
  }

  /** What is not as it was. About 5 µs for a file, 30 µs for a folder. */
  findChanged(): string[] {
    const files = [...this.#files].filter(([path, mark]) => toMark(path) !== mark);
    const folders = [...this.#folders].filter(([path, names]) => toNames(path) !== names);
    return [...files, ...folders].map(([path]) => path);
  }
}

/** A mark that nothing has. */
const UNKNOWN = 'unknown';

function isLater(path: string, readSince: number): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  const changedAt =
    stats && (stats.isDirectory() ? stats.mtimeMs : Math.max(stats.mtimeMs, stats.ctimeMs));
  return changedAt !== undefined && changedAt > readSince ? UNKNOWN : undefined;
}

/** What changes with a file; through links, as packages are often linked. */
function toMark(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats ? `${stats.mtimeNs} ${stats.ctimeNs} ${stats.size} ${stats.ino}` : '';
}

/** What a request may be looked for by, or be found under. */
const CODE = new Set([
  '.js',
  '.mjs',
  '.cjs',
  '.jsx',
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '.json',
  '.node',
]);

function toNames(folder: string): string {
  try {
    const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isSymbolicLink()) return `${entry.name} ${readlinkSync(join(folder, entry.name))}`;
      if (entry.isDirectory()) return `${entry.name}/`;
      return CODE.has(extname(entry.name)) ? entry.name : [];
    });
    return names.sort().join('\n');
  } catch {
    return '';
  }
}
