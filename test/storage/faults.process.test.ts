import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openDirectory, quarantined, type OpenDirectory } from '../support/session-directory.ts';
import { faults } from '../support/faults.ts';
import { createTempFolder } from '../support/temp-folder.ts';

vi.mock('node:fs', async (original) => {
  const { withFaults } = await import('../support/faults.ts');
  return withFaults(await original());
});

const HOUR = 60 * 60 * 1000;
const NEW = 'the new text '.repeat(100);

/** How the session was stored before, and what is its text by then. */
const BEFORE: Record<string, (open: OpenDirectory) => Promise<string | undefined>> = {
  'that is not there': async () => undefined,
  'that is staged': async ({ storage }) => {
    await storage.set('a', 'one', HOUR);
    return 'one';
  },
  'that is staged in two versions': async ({ storage }) => {
    await storage.set('a', 'one', HOUR);
    await storage.set('a', 'two', HOUR);
    return 'two';
  },
  'that is in its place': async ({ storage, files }) => {
    await storage.set('a', 'one', HOUR);
    await files.settled();
    return 'one';
  },
  'that is staged over an older one in its place': async ({ storage, files }) => {
    await storage.set('a', 'one', 2 * HOUR);
    await files.settled();
    await storage.set('a', 'two', HOUR);
    return 'two';
  },
  'that was retired over one in its place': async ({ storage, files }) => {
    await storage.set('a', 'one', 2 * HOUR);
    await files.settled();
    await storage.retire('a', HOUR);
    return undefined;
  },
};

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
  'the background work': { run: ({ files }) => files.settled(), after: (before) => before },
};

/** The text that a process finds which starts on a copy of what is on the disk now. */
async function findOnDisk(directory: string): Promise<{ text?: string; isRefused: boolean }> {
  const copy = join(createTempFolder(), 'sessions');
  cpSync(directory, copy, { recursive: true });
  const open = openDirectory(copy);
  const stored = await open.storage.get('a');
  expect(quarantined(open.layout)).toEqual([]);
  const isRefused = !(await open.storage.set('a', 'any', HOUR));
  rmSync(copy, { recursive: true, force: true });
  return { ...(stored && { text: stored.text }), isRefused };
}

describe.each(Object.entries(OPERATIONS))('%s', (what, { run, after }) => {
  it.each(Object.entries(BEFORE))(
    'of a session %s, with a fault at every call',
    async (_, prepare) => {
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
          await open.files.settled();
          const end = await findOnDisk(open.directory);
          expect(end.text, `again, ${where}`).toBe(
            wasRefused && what.startsWith('a set') ? undefined : after(memory?.text),
          );
        }
      }
    },
  );
});

describe('a new value that could not be stored', () => {
  it.each(Object.entries(BEFORE).filter(([name]) => !name.includes('retired')))(
    'of a session %s is served and stored, whichever write fails',
    async (_, prepare) => {
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
        await open.files.settled();
        expect((await open.storage.get('a'))?.text, `settled, after ${where}`).toBe(NEW);
      }
    },
  );
});
