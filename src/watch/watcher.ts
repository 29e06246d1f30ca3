import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import picomatch from 'picomatch';

/** What to watch beside the files that the app loads. */
export interface WatcherOptions {
  /** The folder in which `.env*`, `package.json` and `tsconfig*.json` count. */
  root: string;
  /** Globs, from the current directory. */
  include: string[];
  /** Globs, from the current directory, of what never counts. */
  exclude: string[];
  /** Folders that never count: sessions must not restart the app. */
  ignore: string[];
}

/** How long a burst of saves may pause and still be one change, in milliseconds. */
const DEBOUNCE = 30;

const CONFIGURATION = /^(\.env(\..+)?|package\.json|tsconfig(\..+)?\.json)$/;

/**
 * Watches the files that the app has loaded, and says what has changed: once for a burst of saves, not
 * at all for a file that was touched and has the same content. A file that is deleted, or that was
 * looked for and not found, counts when it comes.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #onChange: (paths: string[], since: number) => void;
  readonly #files: FSWatcher;
  readonly #folders: FSWatcher;
  readonly #isExcluded: (path: string) => boolean;
  /** The content of each watched file, as the running app may have loaded it. */
  readonly #contents = new Map<string, string | undefined>();
  readonly #changed = new Set<string>();
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange hears of changed files, and when the first of them was noticed */
  constructor(options: WatcherOptions, onChange: (paths: string[], since: number) => void) {
    this.#options = options;
    this.#onChange = onChange;
    this.#isExcluded = matcher(options.exclude);
    this.#files = watch([]);
    this.#files.on('all', (_, path) => void this.#notice(path));
    this.#folders = this.#watchFolders();
  }

  /**
   * Watches files of the app.
   *
   * @param loadedSince the app may have read them at any time since then; what was saved later may
   * have come too late for it and counts as a change
   */
  add(paths: string[], loadedSince: number): void {
    for (const path of paths) {
      if (this.#contents.has(path) || !this.#counts(path)) continue;
      this.#contents.set(path, undefined);
      // chokidar tells of the file when it has begun to watch it: a save in between is noticed then.
      void this.#remember(path, loadedSince).then(() => this.#files.add(path));
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all([this.#files.close(), this.#folders.close()]);
  }

  #watchFolders(): FSWatcher {
    const { root, include } = this.#options;
    const isIncluded = matcher(include);
    const bases = include.map((glob) => resolve(picomatch.scan(glob).base || '.'));
    const folders = watch([root, ...bases], {
      ignored: (path, stats) => {
        if (path === root || bases.includes(path)) return false;
        return stats?.isDirectory() === true && !(this.#counts(path) && isBelow(path, bases));
      },
    });
    const since = Date.now();
    let isReady = false;
    folders.once('ready', () => (isReady = true));
    folders.on('all', (event, path, stats) => {
      const isConfiguration = dirname(path) === root && CONFIGURATION.test(basename(path));
      if (event.endsWith('Dir') || !(isConfiguration || isIncluded(path))) return;
      const wasThere = event === 'add' && !isReady && (stats?.mtimeMs ?? 0) <= since;
      void (wasThere ? this.#remember(path, since) : this.#notice(path));
    });
    return folders;
  }

  #counts(path: string): boolean {
    const folders = path.split(sep);
    if (folders.includes('node_modules') || folders.includes('.git')) return false;
    if (this.#isExcluded(path)) return false;
    return !isBelow(path, this.#options.ignore);
  }

  async #remember(path: string, loadedSince: number): Promise<void> {
    const modified = await stat(path).then(
      (stats) => stats.mtimeMs,
      () => 0,
    );
    this.#contents.set(path, await readContent(path));
    if (modified > loadedSince) this.#change(path);
  }

  async #notice(path: string): Promise<void> {
    if (!this.#counts(path)) return;
    const content = await readContent(path);
    const isKnown = this.#contents.has(path);
    if (isKnown && this.#contents.get(path) === content) return;
    this.#contents.set(path, content);
    // chokidar stops watching a file that was deleted; it may come back, as with `git checkout`.
    if (content === undefined) this.#files.add(path);
    this.#change(path);
  }

  #change(path: string): void {
    if (this.#changed.size === 0) this.#since = performance.now();
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const paths = [...this.#changed];
      this.#changed.clear();
      this.#onChange(paths, this.#since);
    }, DEBOUNCE);
  }
}

/** A folder among the globs stands for everything in it. */
function matcher(globs: string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const plain = globs.map((glob) => glob.replace(/^\.\/|\/$/g, ''));
  const all = plain.flatMap((glob) => (glob === '.' ? ['**'] : [glob, `${glob}/**`]));
  const isMatch = picomatch(all, { dot: true });
  return (path) => isMatch(relative(process.cwd(), path).split(sep).join('/'));
}

function isBelow(path: string, folders: string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder + sep));
}

async function readContent(path: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return undefined; // not there, or not readable: the app will say so
  }
}
