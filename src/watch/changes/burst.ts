import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Difference } from './watched-file.ts';

/**
 * How long a burst of saves may pause and still be one change, in milliseconds: so long for each of its
 * files, up to the longest. An app takes about 15 ms to end, so one file waits for nothing; many are
 * written by a program such as git, which pauses for longer when the machine is busy. Where nothing is
 * certain the app has not been told to end: a file may come back, or turn out to be of a store.
 */
const PAUSE = 15;
const UNCERTAIN_PAUSE = 30;
const LONGEST_PAUSE = 60;

/** How long git is waited for while it is writing, in milliseconds. */
const LONGEST_OF_GIT = 5000;

/** A file that is written without a pause is no burst: how long to wait for its end, in milliseconds. */
const LONGEST = 500;

interface Saved extends Difference {
  isCertain: boolean;
}

/** Saves that follow each other closely: an editor that writes twice, a `git checkout`. */
export class Burst {
  readonly #counts: (path: string) => boolean;
  readonly #onEnd: (paths: string[], since: number, areChanged: boolean) => void;
  readonly #git: GitLock | undefined;
  /** The files that were saved, with what they had before and have now. */
  readonly #files = new Map<string, Saved>();
  #since = 0;
  #isCertain = false;
  /** Whether the end has waited for what the system has to tell: once only, where saves have no pause. */
  #hasHeard = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /**
   * @param counts whether a file counts, asked once more at the end
   * @param onEnd hears which files have changed, or were only saved, and when the first of them was noticed
   * @param git tells whether it is writing, and more is to come
   */
  constructor(
    counts: (path: string) => boolean,
    onEnd: (paths: string[], since: number, areChanged: boolean) => void,
    git?: GitLock,
  ) {
    this.#counts = counts;
    this.#onEnd = onEnd;
    this.#git = git;
  }

  /** @param isCertain whether it is a change whatever follows: then there will be an end that is heard */
  add(path: string, { before, now }: Difference, isCertain: boolean): void {
    if (this.#files.size === 0) this.#since = Date.now();
    const first = this.#files.get(path) ?? { before, isCertain: false };
    const saved = { before: first.before, now, isCertain: isCertain || first.isCertain };
    this.#files.set(path, saved);
    this.close();
    this.#isCertain ||= isCertain;
    const pause = this.#toPause();
    const left = Math.max(0, this.#since + LONGEST - Date.now());
    if (left > pause) this.#hasHeard = false;
    this.#timer = setTimeout(() => this.#end(), Math.min(pause, left));
  }

  close(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #toPause(): number {
    const pause = Math.min(PAUSE * this.#files.size, LONGEST_PAUSE);
    return this.#isCertain ? pause : Math.max(pause, UNCERTAIN_PAUSE);
  }

  #end(): void {
    if (Date.now() < this.#since + LONGEST_OF_GIT && this.#git?.isHeld(this.#since)) {
      this.#hasHeard = false;
      this.#timer = setTimeout(() => this.#end(), UNCERTAIN_PAUSE);
      return;
    }
    // Had the machine no time for us, more saves may wait to be told of, as the last of git: they come first.
    if (!this.#hasHeard) {
      this.#hasHeard = true;
      this.#immediate = setImmediate(() => this.#end());
      return;
    }
    this.#hasHeard = false;
    const files = [...this.#files].filter(
      ([path, { isCertain }]) => isCertain || this.#counts(path),
    );
    this.#files.clear();
    this.#isCertain = false;
    // One that was moved away and is back with what it had has not changed.
    const changed = files.filter(([, { before, now }]) => before !== now);
    const told = changed.length > 0 ? changed : files.filter(([, { isCertain }]) => isCertain);
    const paths = told.map(([path]) => path);
    if (paths.length > 0) this.#onEnd(paths, this.#since, changed.length > 0);
  }
}

/** How long before its first file git may have taken its lock, in milliseconds. An older one was left behind. */
const LONGEST_BEFORE = 3000;

/** Tells whether git is writing files of a project, as it does for a checkout: it holds a lock meanwhile. */
export class GitLock {
  readonly #folder: string;

  /** @param folder in which a file of git's working tree may lie, now or later */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param since when the first of its files was noticed, in milliseconds since the epoch */
  isHeld(since: number): boolean {
    try {
      const gitFolder = findGitFolder(this.#folder);
      if (!gitFolder) return false;
      const lock = statSync(join(gitFolder, 'index.lock'), { throwIfNoEntry: false });
      return lock !== undefined && lock.mtimeMs > since - LONGEST_BEFORE;
    } catch {
      return false; // what this user may not look into is none of this user's
    }
  }
}

/** `.git` is a folder, or a file that names one: of a worktree or a submodule. */
function findGitFolder(folder: string): string | undefined {
  const path = join(folder, '.git');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return path;
  if (stats) {
    const [, target] = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    return target && resolve(folder, target);
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : findGitFolder(parent);
}
