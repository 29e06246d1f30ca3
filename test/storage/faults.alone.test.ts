import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { rows } from '../support/depth.ts';
import { openDirectory, type OpenDirectory } from '../support/session-directory.ts';
import { faults } from '../support/faults.ts';
import { poll } from '../support/poll.ts';
import { createTempFolder } from '../support/temp-folder.ts';

vi.mock('node:fs', async (original) => {
  const { withFaults } = await import('../support/faults.ts');
  return withFaults(await original());
});

const HOUR = 60 * 60 * 1000;
const NEW = 'the new text '.repeat(100);

/** How the session was stored before, and what is its text by then. */
const BEFORE: { name: string; prepare: (open: OpenDirectory) => Promise<string | undefined> }[] = [
  { name: 'that is not there', prepare: async () => undefined },
  {
    name: 'that was stored',
    prepare: async ({ storage }) => {
      storage.set('a', 'one', HOUR);
      return 'one';
    },
  },
  {
    name: 'that was stored twice',
    prepare: async ({ storage }) => {
      storage.set('a', 'one', HOUR);
      storage.set('a', 'two', HOUR);
      return 'two';
    },
  },
  {
    name: 'that is synced',
    prepare: async ({ storage, settled }) => {
      storage.set('a', 'one', HOUR);
      await settled();
      return 'one';
    },
  },
  {
    name: 'that was stored again after a sync',
    prepare: async ({ storage, settled }) => {
      storage.set('a', 'one', 2 * HOUR);
      await settled();
      storage.set('a', 'two', HOUR);
      return 'two';
    },
  },
  {
    name: 'that was retired after a sync',
    prepare: async ({ storage, settled }) => {
      storage.set('a', 'one', 2 * HOUR);
      await settled();
      storage.retire('a', HOUR);
      return undefined;
    },
  },
];
const ROWS = rows(BEFORE, 'that was stored again after a sync', 'that was retired after a sync');

/** What is asked for while a call fails, and the text when it has worked. */
const OPERATIONS: Record<
  string,
  { run: (open: OpenDirectory) => Promise<unknown>; after: (before?: string) => string | undefined }
> = {
  'a set': { run: async ({ storage }) => storage.set('a', NEW, HOUR), after: () => NEW },
  'a set of a small text': {
    run: async ({ storage }) => storage.set('a', 'tiny', HOUR),
    after: () => 'tiny',
  },
  'a touch': {
    run: async ({ storage }) => storage.touch('a', 5 * HOUR),
    after: (before) => before,
  },
  'a retire': { run: async ({ storage }) => storage.retire('a', HOUR), after: () => undefined },
  'a revive': { run: async ({ storage }) => storage.revive('a'), after: (before) => before },
  'a clear': { run: async ({ storage }) => storage.clear(), after: () => undefined },
  'a get': { run: async ({ storage }) => storage.get('a'), after: (before) => before },
  'the background work': { run: ({ settled }) => settled(), after: (before) => before },
};

/** The text that a process finds which starts on a copy of what is on the disk now. */
async function findOnDisk(directory: string): Promise<{ text?: string; isRefused: boolean }> {
  const copy = join(createTempFolder(), 'sessions');
  cpSync(directory, copy, { recursive: true });
  const open = openDirectory(copy);
  const stored = await open.storage.get('a');
  expect(open.setAside()).toEqual([]);
  const isRefused = !(await open.storage.set('a', 'any', HOUR));
  rmSync(copy, { recursive: true, force: true });
  return { ...(stored && { text: stored.text }), isRefused };
}

describe.each(Object.entries(OPERATIONS))('%s', (what, { run, after }) => {
  it.each(ROWS)('of a session $name, with a fault at every call', async ({ prepare }) => {
    const prepared = openDirectory(join(createTempFolder(), 'sessions'));
    await prepare(prepared);
    const wasRefused = (await findOnDisk(prepared.directory)).isRefused;
    let isOver = false;
    for (let index = 0; !isOver; index++) {
      for (const [mode, isFailing] of [
        ['this call', (one: number) => one === index],
        ['all calls from this on', (one: number) => one >= index],
      ] as const) {
        const open = openDirectory(join(createTempFolder(), 'sessions'));
        const before = await prepare(open);
        faults.arm(isFailing, ['EIO', 'ENOSPC', 'EMFILE'][index % 3]!);
        const error: unknown = await run(open).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        isOver = !faults.disarm();
        // In the background there may be nothing to do.
        if (what !== 'the background work') expect(faults.calls).not.toEqual([]);
        const wanted = wasRefused && what.startsWith('a set') ? undefined : after(before);
        const where = `${mode}: ${index} of ${faults.calls.join(' ')}`;

        const disk = await findOnDisk(open.directory);
        expect([before, wanted], `on the disk, ${where}`).toContain(disk.text);
        if (!error) expect(disk.text, `on the disk, no error, ${where}`).toBe(wanted);
        const memory = await open.storage.get('a');
        expect([before, wanted], `in the process, ${where}`).toContain(memory?.text);
        if (!error) expect(memory?.text, `in the process, no error, ${where}`).toBe(wanted);
        if (wasRefused && what !== 'a revive') expect(disk.isRefused, where).toBe(true);

        // And again without a fault: it works.
        await run(open);
        await open.settled();
        const end = await findOnDisk(open.directory);
        expect(end.text, `again, ${where}`).toBe(
          wasRefused && what.startsWith('a set') ? undefined : after(memory?.text),
        );
      }
    }
  });
});

describe('a new value that could not be stored', () => {
  it.each(ROWS.filter(({ name }) => !name.includes('retired')))(
    'of a session $name is served and stored, whichever write fails',
    async ({ prepare }) => {
      for (let write = 0; ; write++) {
        const open = openDirectory(join(createTempFolder(), 'sessions'));
        await prepare(open);
        faults.arm(
          (index) => index === write,
          'ENOSPC',
          /openSync|writeSync|renameSync|futimesSync/,
        );
        const set = async () => open.storage.set('a', NEW, HOUR);
        const error: unknown = await set().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (!faults.disarm()) return;
        const where = `${faults.calls[write]} (call ${write})`;
        expect((await open.storage.get('a'))?.text, `at once, after ${where}`).toBe(NEW);
        if (error) expect(error).toMatchObject({ code: 'ENOSPC', path: open.directory });
        // The background work of the older version must not make the newer one forgotten.
        await open.settled();
        expect((await open.storage.get('a'))?.text, `settled, after ${where}`).toBe(NEW);
      }
    },
  );
});

describe('on a full disk', () => {
  it('a clear takes what was kept in memory along, and no refusal', async () => {
    const open = openDirectory();
    await open.store.set('out', { n: 1 });
    faults.arm(() => true, 'ENOSPC', /writeSync/);
    await expect(open.store.set('in', { n: 1 })).rejects.toThrow('ENOSPC');
    await expect(open.store.destroy('out')).rejects.toThrow('ENOSPC');
    expect((await open.store.get('in'))?.data).toEqual({ n: 1 });
    await open.store.clear();
    expect(await open.store.get('in')).toBeUndefined();
    faults.disarm();
    await poll(async () => (await open.storage.missReason('out'))?.because === 'retired');
    expect(await open.store.get('in')).toBeUndefined();
    expect(await open.store.set('out', { n: 2 })).toBe(false);
  });

  it('up to 16 MB of writes are kept in memory and stored later, and a retirement always', async () => {
    const { directory, storage } = openDirectory();
    storage.set('user', 'x', HOUR);
    faults.arm(() => true, 'ENOSPC', /writeSync/);
    const text = 'x'.repeat(1024 * 1024);
    const ids = Array.from({ length: 20 }, (_, index) => `id ${index}`);
    const told = new Set<string>();
    const call = (action: () => unknown): void => {
      try {
        action();
      } catch (error) {
        told.add((error as Error).message.replace(/.*\(ENOSPC\)\. /, ''));
      }
    };
    for (const id of [...ids, ...ids]) call(() => storage.set(id, text, HOUR));
    call(() => storage.retire('user', HOUR));
    const kept = ids.filter((id) => storage.get(id)?.text === text);
    expect(kept).toHaveLength(16);
    expect([...told]).toEqual([
      'It is kept in memory and stored as soon as that works.',
      'What was stored before stays; make room on the disk.',
    ]);
    expect(storage.get('user')).toBeUndefined();
    faults.disarm();
    const isStored = (id: string): boolean =>
      openDirectory(directory).storage.get(id)?.text === text;
    await poll(() => kept.every(isStored), { every: 200 });
    expect(ids.filter((id) => storage.get(id))).toEqual(kept);
    expect(storage.set('user', 'back', HOUR)).toBe(false);
  });
});

it('costs its login and no request that a damaged record cannot be set aside, which is said once', async () => {
  const open = openDirectory();
  await open.store.set('a', { n: 1 });
  writeFileSync(open.fileOf('a'), 'HOLDOVER');
  faults.arm(() => true, 'EACCES', /renameSync|linkSync/);
  expect(await open.store.get('a')).toBeUndefined();
  expect(await open.store.get('a')).toBeUndefined();
  faults.disarm();
  expect(open.said).toEqual([expect.stringMatching(/cannot be set aside in .* \(EACCES\)/)]);
});

it('syncs what a process that was killed has left, at the next start', async () => {
  const killed = openDirectory();
  await killed.store.set('a', { n: 1 });
  const next = openDirectory(killed.directory);
  faults.arm(() => false, 'EIO', /fsync/);
  await next.settled();
  faults.disarm();
  expect(faults.calls).toContain('fsync');
});
