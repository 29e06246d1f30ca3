import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionStore } from '../../src/session/store.ts';
import { bundleWhole } from '../support/bundle.ts';
import { IS_LONG } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { runProcess } from '../support/processes.ts';
import {
  openDirectory,
  temporaryFilesIn,
  type OpenDirectory,
} from '../support/session-directory.ts';
import { mountSmallDisk, whyNoSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const KB = 1024;
const MB = 1024 * KB;
const reason = whyNoSmallDisk();
const verbs = bundleWhole('session-verbs');

/** The data of a session that another process finds on the disk. */
async function readElsewhere(directory: string, id: string): Promise<{ n: number; text: string }> {
  const [data] = JSON.parse(
    await runProcess(verbs(), [directory, JSON.stringify([['get', id]])]),
  ) as [{ n: number; text: string }];
  return data;
}

function session(n: number, size = 64 * KB) {
  return { n, text: String(n).repeat(size) };
}

async function read(store: SessionStore, id: string): Promise<unknown> {
  return (await store.get(id))?.data;
}

/** Without printing 64 kB when it is another one. */
function expectSession(data: unknown, { n, text }: { n: number; text: string }): void {
  expect(data).toMatchObject({ n });
  expect((data as { text: string }).text === text).toBe(true);
}

async function expectRefused(result: Promise<unknown>, directory: string): Promise<void> {
  const error = await result.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'ENOSPC',
    path: directory,
    message: expect.stringContaining(directory) as string,
    cause: expect.objectContaining({ code: 'ENOSPC' }) as object,
  });
}

it.runIf(reason)(`is skipped, because ${reason}`, () => {
  if (process.env.CI) expect.fail(`The disk-full tests must run in CI, but ${reason}.`);
});

describe.skipIf(reason)('a disk that is full', () => {
  function start(): OpenDirectory & { disk: SmallDisk } {
    const disk = mountSmallDisk(MB);
    return { disk, ...openDirectory(join(disk.path, 'sessions')) };
  }

  describe.each(IS_LONG ? [0, 8, 16, 40] : [0, 16])('but for %d kB', (left) => {
    it.each([
      ['in its place', true],
      ['staged', false],
    ])(
      'keeps the old session that is %s, tells the error and stores later',
      async (_, isPlaced) => {
        const { disk, directory, store, settled, setAside } = start();
        await store.set('a', session(1));
        if (isPlaced) await settled();
        disk.fill(left * KB);
        await expectRefused(store.set('a', session(2)), directory);
        expectSession(await read(store, 'a'), session(2));
        expectSession(await readElsewhere(directory, 'a'), session(1));
        expect(temporaryFilesIn(directory)).toEqual([]);
        // Again and again, as requests do.
        for (let n = 3; n < 6; n++) {
          await expectRefused(store.set('a', session(n)), directory);
          expectSession(await read(store, 'a'), session(n));
        }
        expectSession(await readElsewhere(directory, 'a'), session(1));
        disk.empty();
        await poll(async () => (await openDirectory(directory).store.get('a'))?.data.n === 5);
        await settled();
        expectSession(await readElsewhere(directory, 'a'), session(5));
        expectSession(await read(store, 'a'), session(5));
        expect(temporaryFilesIn(directory)).toEqual([]);
        expect(setAside()).toEqual([]);
      },
    );

    it('serves a new session from memory and stores it later', async () => {
      const { disk, directory, store } = start();
      disk.fill(left * KB);
      await expectRefused(store.set('new', session(1)), directory);
      expectSession(await read(store, 'new'), session(1));
      expect(await readElsewhere(directory, 'new')).toBeNull();
      expect(temporaryFilesIn(directory)).toEqual([]);
      disk.empty();
      await poll(async () => (await openDirectory(directory).store.get('new'))?.data.n === 1);
    });
  });

  it('keeps the error and the old version when the session was stored twice before', async () => {
    const { disk, directory, store, settled } = start();
    await store.set('a', session(1, KB));
    await store.set('a', session(2, KB));
    disk.fill(0);
    await expectRefused(store.set('a', session(3)), directory);
    // The background work goes on meanwhile, and cannot make a file of its own either.
    await settled().catch(() => {});
    expectSession(await read(store, 'a'), session(3));
    expect((await readElsewhere(directory, 'a')).n).toBe(2);
    disk.empty();
    await settled();
    expectSession(await read(store, 'a'), session(3));
    await poll(async () => (await openDirectory(directory).store.get('a'))?.data.n === 3);
  });

  it('ends a session in this process at once, and on the disk when there is room', async () => {
    const { disk, directory, store, settled } = start();
    await store.set('a', session(1));
    await settled();
    disk.fill(0);
    await expectRefused(store.destroy('a'), directory);
    expect(await store.get('a')).toBeUndefined();
    expect(await store.set('a', session(2))).toBe(false);
    disk.empty();
    await poll(async () => (await readElsewhere(directory, 'a')) === null, { every: 100 });
    expect(await openDirectory(directory).store.set('a', session(3))).toBe(false);
  });

  it('lets other sessions be read, and small changes in place be stored', async () => {
    const { disk, store, settled, directory } = start();
    await store.set('other', session(7));
    await store.set('small', { n: 1 });
    await settled();
    await store.set('small', { n: 2 });
    disk.fill(0);
    expectSession(await read(store, 'other'), session(7));
    expect(await store.set('small', { n: 3 })).toBe(true);
    expect((await readElsewhere(directory, 'small')).n).toBe(3);
    expect((await readElsewhere(directory, 'other')).n).toBe(7);
  });

  it('leaves a session that could not replace one that has expired, when those are removed', async () => {
    const { disk, directory, store, sweep } = start();
    await store.set('a', session(1), 1);
    await poll(async () => (await store.get('a')) === undefined);
    disk.fill(0);
    await expectRefused(store.set('a', session(2)), directory);
    await sweep().catch(() => {}); // there is no room for the time of the sweep either
    expectSession(await read(store, 'a'), session(2));
    disk.empty();
    await poll(async () => (await readElsewhere(directory, 'a'))?.n === 2, { every: 100 });
  });

  it('removes sessions, so that a clear makes room', async () => {
    const { disk, directory, store } = start();
    await store.set('a', session(1));
    disk.fill(0);
    await expectRefused(store.set('b', session(1)), directory);
    await store.clear();
    expect(await store.length()).toBe(0);
    expect(await store.set('c', session(2, 16 * KB))).toBe(true);
    expect((await readElsewhere(directory, 'c')).n).toBe(2);
    expect(await readElsewhere(directory, 'a')).toBeNull();
  });
});
