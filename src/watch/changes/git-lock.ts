import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

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
