import { readdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Remembers files and folders as they were, and tells which are not any more. */
export class FileMarks {
  readonly #files: Map<string, string>;
  readonly #folders: Map<string, Folder>;

  constructor(files = new Map<string, string>(), folders = new Map<string, Folder>()) {
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
      if (this.#files.has(path)) continue;
      const stats = look(path);
      this.#files.set(path, isLater(stats, readSince) ? UNKNOWN : formatMark(stats));
    }
  }

  /** Remembers what folders have in them; as `add`. */
  addFolders(paths: Iterable<string>, readSince: number): void {
    for (const path of paths) {
      if (this.#folders.has(path)) continue;
      const stats = look(path);
      const isKnown = !isLater(stats, readSince);
      this.#folders.set(path, isKnown ? toFolder(path, stats) : { mark: UNKNOWN, names: UNKNOWN });
    }
  }

  /** Forgets files. */
  drop(paths: Iterable<string>): void {
    for (const path of paths) this.#files.delete(path);
  }

  /** What is not as it was. About 5 µs each. */
  findChanged(): string[] {
    const files = [...this.#files].filter(([path, mark]) => toMark(path) !== mark);
    const folders = [...this.#folders].filter(([path, folder]) => this.#isOther(path, folder));
    return [...files, ...folders].map(([path]) => path);
  }

  /** Saving a file may change its folder, but not the names in it. */
  #isOther(path: string, { mark, names }: Folder): boolean {
    const stats = look(path);
    if (formatMark(stats) === mark) return false;
    const folder = toFolder(path, stats);
    if (folder.names !== names) return true;
    this.#folders.set(path, folder);
    return false;
  }
}

/** A folder, and the code that it has in it. */
interface Folder {
  /** None where it has just changed: another change may leave the times as they are. */
  mark: string | undefined;
  names: string;
}

/** A mark that nothing has. */
const UNKNOWN = 'unknown';

/** What changes with a file or a folder; `''` where there is none. */
export function toMark(path: string): string {
  return formatMark(look(path));
}

/** Through links, as packages are often linked. */
function look(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function formatMark(stats: Stats | undefined): string {
  return stats ? `${stats.mtimeMs} ${stats.ctimeMs} ${stats.size} ${stats.ino}` : '';
}

function isLater(stats: Stats | undefined, readSince: number): boolean {
  if (!stats) return false;
  const { mtimeMs, ctimeMs } = stats;
  return (stats.isDirectory() ? mtimeMs : Math.max(mtimeMs, ctimeMs)) > readSince;
}

/** So long after a change a next one may have the same time, in milliseconds. */
const SAME_TIME = 100;

/** @param stats as it was before its names are read */
function toFolder(path: string, stats: Stats | undefined): Folder {
  const isSettled = Date.now() - (stats?.mtimeMs ?? 0) > SAME_TIME;
  return { mark: isSettled ? formatMark(stats) : undefined, names: toNames(path) };
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
