import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { toMatcher, toWatchedFolders } from './globs.ts';

/** What to watch beside the files that the app loads. */
export interface WatcherOptions {
  /** The root of the project; `.env*`, `package.json` and `tsconfig*.json` count in it. */
  root: string;
  /** Globs, from the current directory. */
  include: string[];
  /** Globs, from the current directory, of what never counts. */
  exclude: string[];
  /** Folders that never count: sessions must not restart the app. */
  ignore: string[];
}

/** What a watcher tells. */
export interface WatcherEvents {
  /** A file that the app has loaded has changed: there will be an `onChange`. */
  onBegin: () => void;
  /** Files have changed; the first of them was noticed then, in milliseconds since the epoch. */
  onChange: (paths: string[], since: number) => void;
  /** Not everything can be watched. */
  onError: (error: NodeJS.ErrnoException) => void;
}

/** How long a burst of saves may pause and still be one change, in milliseconds. */
const DEBOUNCE = 30;

/**
 * chokidar tells of one change of a file in 50 ms, and of none within 5 ms after one that changed no
 * content: when to look again, in milliseconds.
 */
const LOOK_AGAIN = 100;

/** By how much the times of files may be behind the clock, in milliseconds. */
const CLOCK_TICK = 20;

const EMPTY = createHash('sha256').digest('hex');

const CONFIGURATION = /^(\.env(\..+)?|package\.json|tsconfig(\..+)?\.json)$/;
const NEVER = new Set(['node_modules', '.git']);

/**
 * Watches the files that the app has loaded, and says what has changed: once for a burst of saves, not
 * at all for a file that was touched and has the same content. A file that is deleted, or that was
 * looked for and not found, counts when it comes.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #events: WatcherEvents;
  readonly #ignored: string[];
  readonly #files: FSWatcher;
  readonly #folders: FSWatcher;
  readonly #isExcluded: (path: string) => boolean;
  readonly #isIncluded: (path: string) => boolean;
  /** The content of each watched file, as the running app may have loaded it. */
  readonly #contents = new Map<string, string | undefined>();
  /** Those among them that the app has loaded. */
  readonly #loaded = new Set<string>();
  /** Files of which chokidar may not have told the last change. */
  readonly #again = new Map<string, NodeJS.Timeout>();
  /** Files that came after the app had started: those that it has made itself it may delete. */
  readonly #young = new Set<string>();
  /** Files that were there, and that chokidar has not begun to watch: nobody tells of their deletion. */
  readonly #unwatched = new Set<string>();
  #unwatchedTimer: NodeJS.Timeout | undefined;
  readonly #changed = new Set<string>();
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WatcherOptions, events: WatcherEvents) {
    this.#options = options;
    this.#events = events;
    this.#ignored = [...options.ignore];
    this.#isExcluded = toMatcher(options.exclude);
    this.#isIncluded = toMatcher(options.include);
    this.#files = this.#watch([], undefined);
    this.#files.on('all', (event, path) => {
      if (event === 'add') this.#unwatched.delete(path);
      void this.#notice(path);
    });
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
      this.#loaded.add(path);
      void this.#remember(path, loadedSince).then(() => {
        this.#files.add(path);
        if (this.#contents.get(path) !== undefined) this.#unwatched.add(path);
        this.#lookAtUnwatched();
      });
    }
  }

  /** Says that a folder never counts. */
  ignore(folder: string): void {
    if (!this.#ignored.includes(folder)) this.#ignored.push(folder);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#unwatchedTimer);
    for (const timer of this.#again.values()) clearTimeout(timer);
    await Promise.all([this.#files.close(), this.#folders.close()]);
  }

  #watch(paths: string[], ignored: ((path: string, isFolder?: boolean) => boolean) | undefined) {
    const watcher = watch(paths, {
      ignorePermissionErrors: true,
      ...(ignored && {
        ignored: (path, stats) => stats !== undefined && ignored(path, stats.isDirectory()),
      }),
    });
    // Every event of the system, also those that chokidar takes for echoes of another.
    watcher.on('raw', (_event: string, _name: string, details: unknown) => {
      const { watchedPath } = details as { watchedPath?: string };
      if (watchedPath && this.#contents.has(watchedPath)) void this.#notice(watchedPath);
    });
    return watcher.on('error', (error) => this.#events.onError(error as NodeJS.ErrnoException));
  }

  #watchFolders(): FSWatcher {
    const { root, include } = this.#options;
    const bases = toWatchedFolders(include);
    const tops = new Set([root, process.cwd(), ...bases]);
    const isWanted = (path: string): boolean =>
      this.#isIncluded(path) || this.#isConfiguration(path);
    const folders = this.#watch([...tops], (path, isFolder) => {
      if (tops.has(path)) return false;
      if (!this.#counts(path)) return true;
      return isFolder ? !isBelow(path, bases) : !isWanted(path);
    });
    const since = Date.now() - CLOCK_TICK;
    folders.on('all', (event, path, stats) => {
      if (event.endsWith('Dir') || !isWanted(path)) return;
      // chokidar tells of what was there before, too; what was moved here has a new change time.
      const isOld = Math.max(stats?.mtimeMs ?? 0, stats?.ctimeMs ?? 0) <= since;
      const wasThere = event === 'add' && isOld && !this.#contents.has(path);
      void (wasThere ? this.#remember(path, since) : this.#notice(path));
    });
    return folders;
  }

  #isConfiguration(path: string): boolean {
    const folder = dirname(path);
    const isTop = folder === this.#options.root || folder === process.cwd();
    return isTop && CONFIGURATION.test(basename(path));
  }

  #counts(path: string): boolean {
    // The project itself may lie in a folder of such a name.
    const isOfNobody = relative(this.#options.root, path)
      .split(sep)
      .some((folder) => NEVER.has(folder));
    return !isOfNobody && !isBelow(path, this.#ignored) && !this.#isExcluded(path);
  }

  async #remember(path: string, loadedSince: number): Promise<void> {
    this.#contents.set(path, await readContent(path));
    // After the content: a save in between shows in the time.
    const stats = await stat(path).catch(() => undefined);
    if (!stats || stats.mtimeMs <= loadedSince) return;
    if (stats.birthtimeMs > loadedSince) this.#young.add(path);
    setTimeout(async () => {
      await this.#compare(path);
      if (this.#contents.get(path) !== undefined) this.#change(path);
    }, LOOK_AGAIN);
  }

  async #notice(path: string): Promise<void> {
    if (!this.#counts(path)) return;
    this.#lookAgain(path);
    await this.#compare(path);
  }

  #lookAgain(path: string): void {
    clearTimeout(this.#again.get(path));
    this.#again.set(
      path,
      setTimeout(() => {
        this.#again.delete(path);
        void this.#compare(path);
      }, LOOK_AGAIN),
    );
  }

  /** chokidar tells of a file when it has begun to watch it; until then a deletion must be looked for. */
  #lookAtUnwatched(): void {
    if (this.#unwatched.size === 0 || this.#unwatchedTimer) return;
    this.#unwatchedTimer = setTimeout(async () => {
      const paths = [...this.#unwatched];
      await Promise.all(paths.map((path) => this.#compare(path)));
      for (const path of paths) {
        if (this.#contents.get(path) === undefined) this.#unwatched.delete(path);
      }
      this.#unwatchedTimer = undefined;
      this.#lookAtUnwatched();
    }, LOOK_AGAIN);
  }

  async #compare(path: string): Promise<void> {
    const content = await readContent(path);
    const isKnown = this.#contents.has(path);
    if (isKnown && this.#contents.get(path) === content) return;
    // Emptied a moment ago, to be written anew: `#lookAgain` finds what becomes of it.
    if (content === EMPTY && (await isYoungerThan(path, LOOK_AGAIN / 2))) return;
    this.#contents.set(path, content);
    // chokidar stops watching a file that was deleted; it may come back, as with `git checkout`.
    if (content === undefined) this.#files.add(path);
    if (content !== undefined || !this.#young.has(path)) this.#change(path);
  }

  #change(path: string): void {
    if (this.#changed.size === 0) this.#since = Date.now();
    if (this.#loaded.has(path)) this.#events.onBegin();
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Once more: a store may have said meanwhile that its directory never counts.
      const paths = [...this.#changed].filter((changed) => this.#counts(changed));
      this.#changed.clear();
      if (paths.length > 0) this.#events.onChange(paths, this.#since);
    }, DEBOUNCE);
  }
}

async function isYoungerThan(path: string, milliseconds: number): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs < milliseconds;
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
