import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createSealKey } from '../../src/session/seal.ts';
import { openDirectory as openDirectoryOf } from '../../src/storage/directory/open.ts';
import { DirectoryStorage } from '../../src/storage/directory/storage.ts';
import type { StorageOptions } from '../../src/storage/options.ts';
import { listRecordFiles } from '../support/record-files.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { runProcess } from '../support/processes.ts';
import { openDirectory, type OpenDirectory } from '../support/session-directory.ts';

const HOUR = 60 * 60 * 1000;
const OTHER_KEY = createSealKey('the key of somebody else');
const IDS = Array.from({ length: 20 }, (_, index) => `id ${index}`);

/** Sessions of the usual key, half of them in their places. */
async function begin(): Promise<OpenDirectory> {
  const open = openDirectory();
  for (const id of IDS.slice(0, 10)) await open.store.set(id, { id });
  await open.settled();
  for (const id of IDS.slice(10)) await open.store.set(id, { id });
  return open;
}

function openWithOtherKey({ directory }: OpenDirectory): OpenDirectory {
  return openDirectory(directory, { key: OTHER_KEY });
}

async function expectAll(open: OpenDirectory, ids = IDS): Promise<void> {
  for (const id of ids) expect((await open.store.get(id))?.data).toEqual({ id });
  expect(await open.store.length()).toBe(ids.length);
}

describe('a process with another key', () => {
  it('leaves all sessions to those who have their key, and says so once', async () => {
    const first = await begin();
    const other = openWithOtherKey(first);
    for (const id of IDS) expect(await other.store.get(id)).toBeUndefined();
    expect(await other.store.length()).toBe(0);
    for await (const { id } of other.store.all()) expect.fail(`${id} is listed`);
    expect(await other.storage.missReason('id 0')).toEqual({
      because: 'unreadable',
      reason: 'wrong key',
    });
    await other.store.destroy('id 1');
    await other.store.touch('id 2');
    await other.settled();
    expect(other.said).toEqual([expect.stringContaining('another key')]);
    expect(other.said[0]).toContain('SESSION_KEY');
    expect(other.said[0]).toContain(first.directory);
    expect(first.setAside()).toEqual([]);
    await expectAll(first);
    const again = openDirectory(first.directory);
    await expectAll(again);
    expect([...first.said, ...again.said]).toEqual([]);
  });

  it('clears its own sessions only', async () => {
    const first = await begin();
    const other = openWithOtherKey(first);
    await other.store.set('mine', {});
    expect(await other.store.length()).toBe(1);
    await other.store.clear();
    expect(await other.store.length()).toBe(0);
    await expectAll(openDirectory(first.directory));
  });

  it('keeps sessions of its own beside them', async () => {
    const first = await begin();
    const other = openWithOtherKey(first);
    await other.store.set('mine', { user: 'Ada' });
    await other.settled();
    await first.settled();
    expect((await openWithOtherKey(first).store.get('mine'))?.data).toEqual({ user: 'Ada' });
    await expectAll(openDirectory(first.directory));
  });

  it('takes an id over when it stores under it, and can lose it in the same way', async () => {
    const first = await begin();
    const other = openWithOtherKey(first);
    for (const id of ['id 0', 'id 15']) {
      expect(await other.store.set(id, { mine: true })).toBe(true);
      expect((await other.store.get(id))?.data).toEqual({ mine: true });
      expect(await first.store.get(id)).toBeUndefined();
    }
    await other.settled();
    expect(await first.store.get('id 0')).toBeUndefined();
    expect(await first.store.set('id 0', { id: 'id 0' })).toBe(true);
    expect((await first.store.get('id 0'))?.data).toEqual({ id: 'id 0' });
    expect(await other.store.get('id 0')).toBeUndefined();
    expect(first.setAside()).toEqual([]);
  });

  it('is another one for another project in the same process', async () => {
    const [one, two] = [createTempFolder(), createTempFolder()];
    const stateDirectory = createTempFolder();
    const open = (root: string) => {
      const directory = join(one, '.holdover', 'sessions');
      const given = { root, directory, stateDirectory, displayDirectory: directory, log: () => {} };
      return new DirectoryStorage(openDirectoryOf(given as unknown as StorageOptions).files, 'a');
    };
    open(one).set('id', 'a text', HOUR);
    expect(open(one).get('id')?.text).toBe('a text');
    expect(open(two).get('id')).toBeUndefined();
    expect(open(one).get('id')?.text).toBe('a text');
  });

  it('sweeps those that have expired', async () => {
    const first = openDirectory();
    await first.store.set('short', {}, 1);
    await first.store.set('long', {}, 9 * HOUR);
    await first.settled();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * HOUR });
    try {
      await openWithOtherKey(first).sweep();
      expect(listRecordFiles(first.directory)).toEqual([first.fileOf('long')]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is a process of its own, in which nothing is lost either', async () => {
    const first = await begin();
    await runProcess(
      'session-verbs',
      [
        first.directory,
        JSON.stringify([['get', 'id 0'], ['get', 'id 15'], ['length'], ['set', 'mine', {}]]),
      ],
      { SESSION_KEY: 'a key of thirty-two characters or so' },
    );
    await expectAll(openDirectory(first.directory));
  });
});
