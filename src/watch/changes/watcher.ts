import { stat } from 'node:fs/promises';
import { watch, type FSWatcher } from 'chokidar';
import { Burst } from './burst.ts';
import { Contents, type Difference } from './content-hashes.ts';
import { WatchedPaths, type WatcherOptions } from './watched-paths.ts';

/** What a watcher tells. */
export interface WatcherEvents {
  /** A file that the app has loaded has changed: there will be an `onChange`. */
  onBegin: () => void;
  /** Files have changed; the first of them was noticed then, in milliseconds since the epoch. */
  onChange: (paths: string[], since: number) => void;
  /** Not everything can be watched. */
  onError: (error: NodeJS.ErrnoException) => void;
}

/**
 * chokidar tells of one change of a file in 50 ms, of none within 5 ms after one that changed no
 * content, and of none until it has begun to watch a file anew that was replaced: when to look again
 * after each other, in milliseconds.
 */
const LOOK_AGAIN = 100;
const LOOKS = [LOOK_AGAIN, 400, 1500];

/** By how much the times of files may be behind the clock, in milliseconds. */
const CLOCK_TICK = 20;

/**
 * Watches the files that the app has loaded, and says what has changed: once for a burst of saves, not
 * at all for a file that was touched and has the same content. A file that is deleted, or that was
 * looked for and not found, counts when it comes.
 */
export class Watcher {
  readonly #events: WatcherEvents;
  readonly #paths: WatchedPaths;
  readonly #files: FSWatcher;
  readonly #folders: FSWatcher;
  readonly #contents = new Contents();
  readonly #burst: Burst;
  /** The files that the app has loaded. */
  readonly #loaded = new Set<string>();
  /** Files of which chokidar may not have told the last change. */
  readonly #again = new Map<string, NodeJS.Timeout>();
  /** Files that came after the app had started: those that it has made itself it may delete. */
  readonly #young = new Set<string>();
  /** Files that were there, and that chokidar has not begun to watch: nobody tells of their deletion. */
  readonly #unwatched = new Set<string>();
  #unwatchedTimer: NodeJS.Timeout | undefined;

  constructor(options: WatcherOptions, events: WatcherEvents) {
    this.#events = events;
    this.#paths = new WatchedPaths(options);
    this.#burst = new Burst((paths, since) => this.#tell(paths, since));
    this.#files = this.#watch([], () => false);
    this.#files.on('all', (event, path) => {
      if (event === 'add') this.#unwatched.delete(path);
      if (event === 'unlink') this.#files.add(path); // it may be back, and nobody watches it
      this.#notice(path);
    });
    this.#folders = this.#watchFolders();
  }

  /** The files that the app has loaded, or looked for. */
  get loaded(): string[] {
    return [...this.#loaded];
  }

  /**
   * Watches files of the app.
   *
   * @param loadedSince the app may have read them at any time since then; what was saved later may
   * have come too late for it and counts as a change
   */
  add(paths: string[], loadedSince: number): void {
    for (const path of paths) {
      if (this.#contents.has(path) || !this.#paths.counts(path)) continue;
      this.#loaded.add(path);
      void this.#remember(path, loadedSince).then(() => {
        this.#files.add(path);
        // chokidar looks into a folder once a second: one that comes now may go unnoticed.
        if (!this.#contents.isThere(path)) this.#lookAgain(path);
        else this.#unwatched.add(path);
        this.#lookAtUnwatched();
      });
    }
  }

  async changedSince(_since: number, _paths: string[]): Promise<string[]> {
    return [];
  }

  /** Says that a folder never counts. */
  ignore(folder: string): void {
    this.#paths.ignore(folder);
  }

  async close(): Promise<void> {
    this.#burst.close();
    clearTimeout(this.#unwatchedTimer);
    for (const timer of this.#again.values()) clearTimeout(timer);
    await Promise.all([this.#files.close(), this.#folders.close()]);
  }

  #watch(paths: string[], isOfNoUse: (path: string, isFolder: boolean) => boolean): FSWatcher {
    const watcher = watch(paths, {
      ignorePermissionErrors: true,
      ignored: (path, stats) => stats !== undefined && isOfNoUse(path, stats.isDirectory()),
    });
    // Every event of the system, also those that chokidar takes for echoes of another.
    watcher.on('raw', (_event: string, _name: string, details: unknown) => {
      const { watchedPath } = details as { watchedPath?: string };
      if (watchedPath && this.#contents.has(watchedPath)) this.#notice(watchedPath);
    });
    return watcher.on('error', (error) => this.#events.onError(error as NodeJS.ErrnoException));
  }

  #watchFolders(): FSWatcher {
    const folders = this.#watch([...this.#paths.folders], (path, isFolder) =>
      this.#paths.isOfNoUse(path, isFolder),
    );
    const since = Date.now() - CLOCK_TICK;
    folders.on('all', (event, path, stats) => {
      if (event.endsWith('Dir') || !this.#paths.isWanted(path)) return;
      // chokidar tells of what was there before, too; what was moved here has a new change time.
      const isOld = Math.max(stats?.mtimeMs ?? 0, stats?.ctimeMs ?? 0) <= since;
      const wasThere = event === 'add' && isOld && !this.#contents.has(path);
      if (wasThere) void this.#remember(path, since);
      else this.#notice(path);
    });
    return folders;
  }

  async #remember(path: string, loadedSince: number): Promise<void> {
    await this.#contents.remember(path);
    // After the content: a save in between shows in the time.
    const stats = await stat(path).catch(() => undefined);
    if (!stats || stats.birthtimeMs > loadedSince) this.#young.add(path);
    if (!stats || stats.mtimeMs <= loadedSince) return;
    setTimeout(async () => {
      await this.#compare(path);
      if (this.#contents.isThere(path)) this.#change(path, { before: undefined, now: '' });
    }, LOOK_AGAIN);
  }

  #notice(path: string): void {
    if (!this.#paths.counts(path)) return;
    this.#lookAgain(path);
    void this.#compare(path);
  }

  #lookAgain(path: string, [delay, ...later]: number[] = LOOKS): void {
    clearTimeout(this.#again.get(path));
    this.#again.delete(path);
    if (delay === undefined) return;
    const timer = setTimeout(() => {
      this.#lookAgain(path, later);
      void this.#compare(path);
    }, delay);
    this.#again.set(path, timer);
  }

  /** chokidar tells of a file when it has begun to watch it; until then a deletion must be looked for. */
  #lookAtUnwatched(): void {
    if (this.#unwatched.size === 0 || this.#unwatchedTimer) return;
    this.#unwatchedTimer = setTimeout(async () => {
      const paths = [...this.#unwatched];
      await Promise.all(paths.map((path) => this.#compare(path)));
      for (const path of paths) if (!this.#contents.isThere(path)) this.#unwatched.delete(path);
      this.#unwatchedTimer = undefined;
      this.#lookAtUnwatched();
    }, LOOK_AGAIN);
  }

  async #compare(path: string): Promise<void> {
    const difference = await this.#contents.compare(path);
    if (!difference) return;
    const isGone = difference.now === undefined;
    // chokidar stops watching a file that was deleted; it may come back, as with `git checkout`.
    if (isGone) this.#files.add(path);
    if (!isGone || !this.#young.has(path)) this.#change(path, difference);
  }

  #change(path: string, difference: Difference): void {
    // A file that is gone may be on its way back.
    const isCertain = this.#loaded.has(path) && difference.now !== undefined;
    this.#burst.add(path, difference, isCertain);
    if (isCertain) this.#events.onBegin();
  }

  #tell(paths: string[], since: number): void {
    // Once more: a store may have said meanwhile that its directory never counts.
    const counting = paths.filter((path) => this.#loaded.has(path) || this.#paths.counts(path));
    if (counting.length > 0) this.#events.onChange(counting, since);
  }
}
