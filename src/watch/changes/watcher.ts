import { type Stats, statSync } from 'node:fs';
import { type FSWatcher, watch } from 'chokidar';
import type { ReportedError } from '../protocol.ts';
import { Burst, GitLock } from './burst.ts';
import { isWrittenSince, toChangeTime } from './change-time.ts';
import { KnownFiles } from './known-files.ts';
import { Looks } from './looks.ts';
import { toMissingModules } from './missing-modules.ts';
import type { WatchedFile } from './watched-file.ts';
import { WatchedPaths, type WatcherOptions } from './watched-paths.ts';

export type { WatcherOptions };

/** What a watcher tells. */
export interface WatcherEvents {
  /** A file that the app has loaded has changed: whatever comes, there will be an `onChange`. */
  onBegin: () => void;
  /**
   * Files have changed, or were saved as they are while the app was down; the first of them was noticed
   * then, in milliseconds since the epoch.
   */
  onChange: (paths: string[], since: number, areChanged: boolean) => void;
  /** Not everything can be watched. */
  onError: (error: NodeJS.ErrnoException) => void;
}

/** How long after the end of the app its last writes may be told of, in milliseconds. */
const LAST_WRITES = 1000;

/** When to look again at a file that has not come to rest, in milliseconds. */
const LOOK_AGAIN = 100;

/**
 * chokidar tells of one change of a file in 50 ms, of none within 5 ms after one that changed no
 * content, and of none until it has begun to watch a file anew that was replaced; and one that is being
 * replaced may be empty, or not to be read.
 */
const LOOKS = [LOOK_AGAIN, 400, 1500];

/**
 * Watches the files that the app has loaded, and says what has changed: once for a burst of saves, not
 * at all for a file that was touched and has the same content. A file that is deleted, or that was
 * looked for and not found, counts when it comes.
 *
 * While the app is down any save of a source below the project counts, also of a file that the app has not
 * loaded and of one that has not changed.
 */
export class Watcher {
  readonly #events: WatcherEvents;
  readonly #paths: WatchedPaths;
  readonly #files: FSWatcher;
  readonly #folders: FSWatcher;
  /** From a crash until the app has started again. */
  #sources: FSWatcher | undefined;
  /** When the app has ended, in milliseconds since the epoch; `undefined` while a run of it lives. */
  #downSince: number | undefined;
  readonly #known = new KnownFiles();
  readonly #burst: Burst;
  /** At files of which chokidar may not have told the last change. */
  readonly #looks = new Looks(LOOKS, (path) => this.#look(path));
  /** At files that were saved too late for the app: those that it has made itself may be gone soon. */
  readonly #lateLooks = new Looks([LOOK_AGAIN], (path) => {
    this.#known.get(path)?.outdate();
    this.#notice(path);
  });
  /** At files that were saved while the app is down. */
  readonly #downLooks = new Looks([LOOK_AGAIN], (path) => this.#lookAtSaved(path));

  constructor(options: WatcherOptions, events: WatcherEvents) {
    this.#events = events;
    this.#paths = new WatchedPaths(options);
    const counts = (path: string): boolean => this.#paths.counts(path);
    this.#burst = new Burst(counts, events.onChange, new GitLock(options.root));
    this.#files = this.#watch([], () => false).on('all', (event, path) => {
      if (!this.#known.get(path)) return;
      if (event === 'unlink') this.#files.add(path); // it may be back, and nobody watches it
      this.#notice(path);
    });
    this.#folders = this.#watchFolders();
  }

  /** The files that the app has loaded, or looked for. */
  get loaded(): string[] {
    return this.#known.loaded;
  }

  /**
   * A run of the app begins: what is added from now on is what it loads. It loads what was saved before as
   * it is now.
   */
  beginRun(): void {
    this.#downSince = undefined;
    this.#lateLooks.close();
    this.#downLooks.close();
    this.#known.beginRun();
  }

  /**
   * The app is down: what it would need to start again may be a file that it has not loaded through Node,
   * as with Vite, or none at all.
   *
   * @param since when it has ended, in milliseconds since the epoch: what it has written itself is older
   */
  beginDown(since: number): void {
    this.#downSince = since;
    this.#sources ??= this.#watchSources(since);
  }

  /**
   * The run has started: what only others before it have loaded counts no longer. Until then it does, as
   * it may be what mends a start that fails.
   */
  endStart(): void {
    void this.#sources?.close();
    this.#sources = undefined;
    for (const { path } of this.#known.endStart())
      if (!this.#paths.isWanted(path)) this.#forget(path);
  }

  /**
   * Watches files of the app.
   *
   * @param loadedSince the app may have read them at any time since then; what was saved later may
   * have come too late for it and counts as a change
   */
  add(paths: string[], loadedSince: number): void {
    for (const path of paths) {
      if (!this.#paths.counts(path)) continue;
      const known = this.#known.get(path);
      const file = known ?? this.#known.add(path, loadedSince);
      this.#known.load(file);
      if (known) continue;
      this.#look(path);
      if (!file.isAway) this.#watchAnew(file);
    }
  }

  /** Watches for the files that would mend an error by being there; as `add`. */
  addMissing(error: ReportedError | undefined, loadedSince: number): void {
    this.add(toMissingModules(error), loadedSince);
  }

  /** Says that a folder never counts. */
  ignore(folder: string): void {
    this.#paths.ignore(folder);
  }

  /** Which files were written after a moment; as `KnownFiles` tells. */
  changedSince(since: number, paths: string[]): Promise<string[]> {
    return this.#known.changedSince(since, paths);
  }

  async close(): Promise<void> {
    this.#burst.close();
    this.#looks.close();
    this.#lateLooks.close();
    this.#downLooks.close();
    const watchers = [this.#files, this.#folders, this.#sources];
    await Promise.all(watchers.map((watcher) => watcher?.close()));
  }

  #watch(paths: string[], isOfNoUse: (path: string, isFolder: boolean) => boolean): FSWatcher {
    const watcher = watch(paths, {
      ignorePermissionErrors: true,
      ignored: (path, stats) => stats !== undefined && isOfNoUse(path, stats.isDirectory()),
    });
    // Every event of the system, also those that chokidar takes for echoes of another.
    watcher.on('raw', (_event: string, _name: string, details: unknown) => {
      const { watchedPath } = details as { watchedPath?: string };
      if (watchedPath && this.#known.get(watchedPath)) this.#notice(watchedPath);
    });
    return watcher.on('error', (error) => this.#events.onError(error as NodeJS.ErrnoException));
  }

  #watchFolders(): FSWatcher {
    const folders = this.#watch([...this.#paths.folders], (path, isFolder) =>
      this.#paths.isOfNoUse(path, isFolder),
    );
    const since = Date.now();
    folders.on('all', (event, path, stats) => {
      if (event.endsWith('Dir') || !this.#paths.isWanted(path)) return;
      if (this.#known.get(path)) return this.#notice(path);
      // chokidar tells of what was there before, too; what was moved here has a new change time.
      const wasThere = event === 'add' && !isWrittenSince(since, stats);
      this.#known.add(path, wasThere ? since : undefined);
      if (wasThere) this.#look(path);
      else this.#notice(path);
    });
    return folders;
  }

  #watchSources(since: number): FSWatcher {
    const paths = [...this.#paths.ofSources, ...this.loaded];
    const sources = this.#watch(
      paths,
      (path, isFolder) => !this.#known.get(path) && !this.#paths.isSource(path, isFolder),
    );
    const found: string[] = [];
    let isReady = false;
    sources.on('all', (event, path, stats) => {
      if (event !== 'add' && event !== 'change') return;
      if (isReady) this.#hearOfSource(path, since, stats);
      else found.push(path);
    });
    sources.on('ready', () => {
      isReady = true;
      // What was saved before chokidar has watched it.
      for (const path of found) {
        const stats = statSync(path, { throwIfNoEntry: false });
        if (toChangeTime(stats) > since) this.#hearOfSource(path, since, stats);
      }
    });
    return sources;
  }

  #hearOfSource(path: string, since: number, stats: Stats | undefined): void {
    const end = this.#downSince ?? since;
    // What the app has written as its last is told of after its end. Clocks of other machines may be late.
    const isSaved = toChangeTime(stats) > end || Date.now() > end + LAST_WRITES;
    const isDown = this.#downSince !== undefined && isSaved;
    // A start that fails may write data, also in files that no other start has written.
    if (isDown || this.#paths.isCode(path)) this.add([path], since);
    if (isDown) this.#downLooks.begin(path);
    else this.#notice(path);
  }

  /** Whatever is in it: the app is down. */
  #lookAtSaved(path: string): void {
    const file = this.#known.get(path);
    if (!file || this.#downSince === undefined) return;
    this.#look(path);
    const { unchanged } = file;
    if (!unchanged) return;
    this.#burst.add(path, unchanged, true);
    this.#events.onBegin();
  }

  #forget(path: string): void {
    this.#looks.end(path);
    this.#lateLooks.end(path);
    this.#known.delete(path);
    this.#files.unwatch(path);
  }

  #notice(path: string): void {
    if (!this.#paths.counts(path)) return;
    this.#looks.begin(path);
    this.#look(path);
  }

  /**
   * chokidar stops watching a file that it does not find; it may come back, as with `git checkout`. Then it
   * does not always notice, as it looks into a folder once a second, nor that the file is another one; and
   * until it has begun nobody tells of a deletion.
   */
  #watchAnew({ path, isAway }: WatchedFile): void {
    if (!isAway) this.#files.unwatch(path);
    this.#files.add(path);
    this.#looks.begin(path);
  }

  #look(path: string): void {
    const file = this.#known.get(path);
    if (!file) return;
    const { isLate: wasLate, isAway: wasAway } = file;
    const difference = file.look();
    if (file.isLate && !wasLate) this.#lateLooks.begin(path);
    if (file.isAway !== wasAway) this.#watchAnew(file);
    if (!difference) return;
    this.#lateLooks.end(path);
    if (!file.isThere && file.isYoung) return;
    // A file that is gone may be on its way back.
    const isCertain = file.run !== undefined && file.isThere;
    this.#burst.add(path, difference, isCertain);
    if (isCertain) this.#events.onBegin();
  }
}
