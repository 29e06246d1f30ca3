import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { WatchedFile, type Difference } from '../../src/watch/changes/watched-file.ts';
import { poll } from '../support/poll.ts';
import { createTempFolder } from '../support/temp-folder.ts';

vi.mock('node:fs', { spy: true });

const LATER = Date.now() + 60_000;

function begin(content = 'old') {
  const path = join(createTempFolder(), 'file.js');
  writeFileSync(path, content);
  const file = new WatchedFile(path, LATER);
  file.look();
  return { path, file };
}

/** Whether something is there before and after a change, where there was one. */
function toSigns(difference: Difference | undefined): [boolean, boolean] | undefined {
  return difference && [difference.before !== undefined, difference.now !== undefined];
}

describe('a file that is watched', () => {
  it('has changed when it has another content, has gone, or has come', () => {
    const { path, file } = begin();
    writeFileSync(path, 'old');
    expect(file.look()).toBeUndefined();
    writeFileSync(path, 'new');
    expect(toSigns(file.look())).toEqual([true, true]);
    rmSync(path);
    expect(toSigns(file.look())).toEqual([true, false]);
    expect(file.look()).toBeUndefined();
    writeFileSync(path, 'new');
    expect(toSigns(file.look())).toEqual([false, true]);
  });

  it('has gone when something else is in its place that is no file', () => {
    const { path, file } = begin();
    const others = [
      () => mkdirSync(path),
      () => execFileSync('mkfifo', [path]),
      () => symlinkSync(join(path, '..'), path),
    ];
    for (const make of others) {
      rmSync(path, { force: true });
      make();
      expect(toSigns(file.look())).toEqual([true, false]);
      rmSync(path, { recursive: true });
      writeFileSync(path, 'old');
      expect(toSigns(file.look())).toEqual([false, true]);
    }
    rmSync(join(path, '..'), { recursive: true });
    writeFileSync(join(path, '..'), 'a file where its folder was');
    expect(toSigns(file.look())).toEqual([true, false]);
  });

  it.each(['EBUSY', 'EPERM', 'EACCES', 'EMFILE', 'ENFILE', 'EIO'])(
    'has not changed while it cannot be read, as with %s',
    (code) => {
      const { path } = begin();
      const file = new WatchedFile(path, LATER);
      const lock = (): void =>
        void vi.mocked(readFileSync).mockImplementationOnce(() => {
          throw Object.assign(new Error(code), { code });
        });
      lock();
      file.look(); // not even the first time
      expect(file.isThere).toBe(false);
      expect(file.look()).toBeUndefined();
      expect(file.isThere).toBe(true);
      lock();
      expect(file.look()).toBeUndefined();
      expect(file.isAway).toBe(true);
      expect(file.isThere).toBe(true);
      expect(file.look()).toBeUndefined();
      writeFileSync(path, 'new');
      expect(toSigns(file.look())).toEqual([true, true]);
    },
  );

  it('has not changed while a link leads from it to itself', () => {
    const { path, file } = begin();
    renameSync(path, `${path}~`);
    symlinkSync(path, path);
    expect(file.look()).toBeUndefined();
    rmSync(path);
    renameSync(`${path}~`, path);
    expect(file.look()).toBeUndefined();
  });

  it('has not changed while it is empty, unless it stays so', async () => {
    const { path, file } = begin();
    writeFileSync(path, '');
    expect(file.look()).toBeUndefined();
    writeFileSync(path, 'old');
    expect(file.look()).toBeUndefined();
    writeFileSync(path, '');
    expect(file.look()).toBeUndefined();
    expect(toSigns(await poll(() => file.look()))).toEqual([true, true]);
  });

  it('is late when it was saved after the app may have read it: then whatever it has is a change', () => {
    const { path } = begin();
    const file = new WatchedFile(path, Date.now() - 60_000);
    expect(file.look()).toBeUndefined();
    expect([file.isLate, file.isYoung]).toEqual([true, true]);
    file.outdate();
    expect(toSigns(file.look())).toEqual([true, true]);
    expect([begin().file.isLate, begin().file.isYoung]).toEqual([false, false]);
  });
});
