import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { SessionStorage } from '../../src/session/storage.ts';
import { listRecordFiles } from '../support/record-files.ts';
import { openDirectory } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { describeStorageContract } from './contract.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

afterEach(() => void vi.useRealTimers());

describeStorageContract('a directory', async () => openDirectory().inNamespace);

describeStorageContract('a directory that two processes have open, turn by turn', async () => {
  const directory = join(createTempFolder(), 'sessions');
  const [one, two] = [openDirectory(directory), openDirectory(directory)];
  return (namespace) => alternating(one.inNamespace(namespace), two.inNamespace(namespace));
});

/** Sends each call to the other one than the call before. */
function alternating(one: SessionStorage, two: SessionStorage): SessionStorage {
  let count = 0;
  return new Proxy(one, {
    get: (_, verb: 'get') => {
      const target = count++ % 2 === 0 ? one : two;
      return target[verb].bind(target);
    },
  });
}

it('gives the largest session that it takes to another process, also when it is stored again', async () => {
  const { directory, storage } = openDirectory();
  for (const letter of ['a', 'b']) {
    const text = letter.repeat(64_000_000);
    expect(storage.set('a', text, HOUR)).toBe(true);
    const found = openDirectory(directory).storage.get('a')?.text;
    expect(found === text, `${letter}, ${found?.length} characters`).toBe(true);
  }
});

it.each([8 * HOUR, -8 * HOUR])(
  'serves the latest version when the clock is set by %d ms',
  async (step) => {
    const { directory, storage } = openDirectory();
    storage.set('a', 'first', 24 * HOUR);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + step });
    storage.set('a', 'second', 24 * HOUR);
    expect(openDirectory(directory).storage.get('a')?.text).toBe('second');
  },
);

it('sweeps expired records once an hour, and only those', async () => {
  const open = openDirectory();
  const { storage, directory } = open;
  vi.useFakeTimers({ toFake: ['Date'] });
  await open.sweep();
  storage.set('short', 'x', 1);
  storage.set('long', 'x', 9 * HOUR);
  storage.set('gone', 'x', 9 * HOUR);
  storage.retire('gone', 1);
  await open.settled();
  vi.setSystemTime(Date.now() + HOUR - 1000);
  await openDirectory(directory).sweep();
  expect(listRecordFiles(directory)).toHaveLength(2);
  vi.setSystemTime(Date.now() + 2000);
  await openDirectory(directory).sweep();
  expect(listRecordFiles(directory)).toHaveLength(1);
  expect(storage.get('long')?.text).toBe('x');
});

it('is not written by a touch before 1 % of the time to live has passed', async () => {
  const start = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  const open = openDirectory();
  const stampOf = (): bigint[] => {
    const { ino, size, mtimeNs } = statSync(open.fileOf('a'), { bigint: true });
    return [ino, size, mtimeNs];
  };
  await open.store.set('a', { n: 1 }, 100_000);
  await open.settled();
  const before = stampOf();
  for (let now = start; now < start + 1000; now += 100) {
    vi.setSystemTime(now);
    await open.store.touch('a', 100_000);
  }
  await open.settled();
  expect(stampOf()).toEqual(before);
  vi.setSystemTime(start + 1000);
  await open.store.touch('a', 100_000);
  expect(stampOf()).not.toEqual(before);
});

it('uses the version before one that a power cut has torn, and says so', async () => {
  const first = openDirectory();
  await first.store.set('a', { n: 1 });
  await first.settled();
  await first.store.set('a', { n: 2 });
  await first.store.set('new', { n: 1 });
  for (const id of ['a', 'new']) writeFileSync(first.fileOf(id), 'HOLDOVER');
  const next = openDirectory(first.directory);
  expect((await next.store.get('a'))?.data).toEqual({ n: 1 });
  expect(await next.store.get('new')).toBeUndefined();
  expect(next.said.sort()).toEqual([
    expect.stringMatching(/\(truncated\) and was set aside in .*; its user logs in again\.$/),
    expect.stringMatching(
      /\(truncated\) and was set aside in .*; the version before it is used\.$/,
    ),
  ]);
});

it('keeps what it has set aside for 7 days', async () => {
  const open = openDirectory();
  await open.store.set('a', { n: 1 });
  writeFileSync(open.fileOf('a'), 'damaged');
  expect(await open.store.get('a')).toBeUndefined();
  const [path = ''] = open.setAside();
  utimesSync(path, 1, 1); // when it was written says nothing of when it was set aside
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * DAY });
  await openDirectory(open.directory).sweep();
  expect(open.setAside()).toEqual([path]);
  vi.setSystemTime(Date.now() + 2 * DAY);
  await openDirectory(open.directory).sweep();
  expect(open.setAside()).toEqual([]);
});
