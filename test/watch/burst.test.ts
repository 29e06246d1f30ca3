import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Burst, GitLock } from '../../src/watch/changes/burst.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** A burst whose time passes when it is told to. */
function begin(counts: (path: string) => boolean = () => true) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const ends: string[][] = [];
  const burst = new Burst(counts, (paths) => ends.push(paths));
  const save = (path: string, content: string, isCertain = true): void =>
    burst.add(path, { before: 'old', now: content }, isCertain);
  return { burst, ends, save };
}

describe('a burst of saves', () => {
  it('is over 15 ms after a save of one file', () => {
    const { ends, save } = begin();
    save('a', '1');
    vi.advanceTimersByTime(14);
    save('a', '2');
    vi.advanceTimersByTime(14);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(ends).toEqual([['a']]);
    save('a', '3');
    vi.advanceTimersByTime(16);
    expect(ends).toEqual([['a'], ['a']]);
  });

  it('is over after 30 ms where nothing is certain', () => {
    const { ends, save } = begin();
    save('a', '1', false);
    vi.advanceTimersByTime(29);
    save('a', '2', false);
    vi.advanceTimersByTime(29);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(ends).toEqual([['a']]);
  });

  it('may pause for longer the more files it has, up to 60 ms', () => {
    const { ends, save } = begin();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const [index, name] of names.entries()) {
      save(name, '1');
      vi.advanceTimersByTime(Math.min(15 * (index + 1), 60) - 1);
    }
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(ends).toEqual([names]);
  });

  it('is over after 500 ms at the latest', () => {
    const { ends, save } = begin();
    for (let time = 0; time < 510; time += 10) {
      save('a', String(time));
      vi.advanceTimersByTime(10);
    }
    expect(ends).toEqual([['a']]);
  });

  it('is none when all is back to what it was, unless something was certain', () => {
    const { burst, ends } = begin();
    for (const isCertain of [false, true]) {
      burst.add('a', { before: 'old', now: undefined }, false);
      burst.add('b', { before: undefined, now: 'new' }, isCertain);
      burst.add('a', { before: undefined, now: 'old' }, false);
      burst.add('b', { before: 'new', now: undefined }, false);
      vi.advanceTimersByTime(100);
    }
    expect(ends).toEqual([['b']]);
  });

  it('has an end that is heard once something was certain, whatever counts by then', () => {
    const { ends, save } = begin(() => false);
    save('store', '1', false);
    vi.advanceTimersByTime(100);
    expect(ends).toEqual([]);
    save('store', '2', false);
    save('loaded', '1');
    vi.advanceTimersByTime(100);
    expect(ends).toEqual([['loaded']]);
  });
});

describe('a burst of saves by git', () => {
  /** A working tree, and what tells of its lock, from a folder in it. */
  function beginWithGit(toGitFolder: (top: string) => string) {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const top = createTempFolder();
    const folder = join(top, 'packages', 'app');
    mkdirSync(folder, { recursive: true });
    const lock = join(toGitFolder(top), 'index.lock');
    const ends: string[][] = [];
    const burst = new Burst(
      () => true,
      (paths) => ends.push(paths),
      new GitLock(folder),
    );
    const save = (path: string): void =>
      burst.add(path, { before: 'old', now: path + Date.now() }, true);
    return { ends, save, lock };
  }

  const ownFolder = (top: string): string => {
    mkdirSync(join(top, '.git'));
    return join(top, '.git');
  };
  const worktree = (top: string): string => {
    writeFileSync(join(top, '.git'), 'gitdir: elsewhere/worktrees/app\n');
    mkdirSync(join(top, 'elsewhere/worktrees/app'), { recursive: true });
    return join(top, 'elsewhere/worktrees/app');
  };

  it.each([
    ['a repository', ownFolder],
    ['a worktree', worktree],
  ])('is over when it lets go of its lock, in %s', (_, toGitFolder) => {
    const { ends, save, lock } = beginWithGit(toGitFolder);
    writeFileSync(lock, '');
    save('a');
    vi.advanceTimersByTime(1000);
    save('b');
    vi.advanceTimersByTime(1000);
    expect(ends).toEqual([]);
    rmSync(lock);
    vi.advanceTimersByTime(60);
    expect(ends).toEqual([['a', 'b']]);
  });

  it.each([100, 1000])('has an end that first hears what it wrote last, after %s ms', (time) => {
    const { ends, save, lock } = beginWithGit(ownFolder);
    writeFileSync(lock, '');
    save('a');
    vi.advanceTimersByTime(time);
    const isHeld = vi.spyOn(GitLock.prototype, 'isHeld').mockImplementationOnce(() => {
      rmSync(lock);
      setImmediate(() => save('b')); // it waits to be told of in this moment
      return false;
    });
    onTestFinished(() => isHeld.mockRestore());
    vi.advanceTimersByTime(200);
    expect(ends).toEqual([['a', 'b']]);
  });

  it('does not wait where nobody can look', () => {
    const { ends, save } = beginWithGit((top) => {
      symlinkSync(join(top, '.git'), join(top, '.git'), 'junction');
      return top;
    });
    save('a');
    vi.advanceTimersByTime(16);
    expect(ends).toEqual([['a']]);
  });

  it('does not wait for a lock that was left behind, nor for ever', () => {
    const { ends, save, lock } = beginWithGit(ownFolder);
    writeFileSync(lock, '');
    utimesSync(lock, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
    save('a');
    vi.advanceTimersByTime(16);
    expect(ends).toEqual([['a']]);
    utimesSync(lock, Date.now() / 1000, Date.now() / 1000);
    save('b');
    vi.advanceTimersByTime(4900);
    expect(ends).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(ends).toEqual([['a'], ['b']]);
  });
});
