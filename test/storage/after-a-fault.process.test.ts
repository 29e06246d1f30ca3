import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sweepIfDue } from '../../src/storage/directory/sweep.ts';
import { surveyDirectory } from '../../src/storage/survey/survey-directory.ts';
import type { StorageOptions } from '../../src/storage/options.ts';
import { faults } from '../support/faults.ts';
import { poll } from '../support/poll.ts';
import { TEST_SECRET } from '../support/processes.ts';
import {
  openDirectory,
  pathsOf,
  quarantined,
  recordNameOf,
  type OpenDirectory,
} from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';

vi.mock('node:fs', async (original) => {
  const { withFaults } = await import('../support/faults.ts');
  return withFaults(await original());
});

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

afterEach(() => void vi.useRealTimers());

describe('after a power cut', () => {
  it('a torn staged version is set aside, and it is said that the one before is used', async () => {
    const first = openDirectory();
    await first.store.set('a', { n: 1 });
    await first.store.set('new', { n: 1 });
    await first.files.settled();
    await first.store.set('a', { n: 2 });
    await first.store.set('other', { n: 2 });
    for (const id of ['a', 'other']) writeFileSync(pathsOf(first.layout, id).staged, 'HOLDOVER');
    const next = openDirectory(first.directory);
    expect((await next.store.get('a'))?.data).toEqual({ n: 1 });
    expect(await next.store.get('other')).toBeUndefined();
    expect(next.said.sort()).toEqual([
      expect.stringMatching(/\(truncated\) and was set aside in .*; its user logs in again\.$/),
      expect.stringMatching(
        /\(truncated\) and was set aside in .*; the version before it is used\.$/,
      ),
    ]);
  });
});

describe('after a full disk', () => {
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
});

describe('a damaged record that cannot be set aside', () => {
  it('costs its login and no request, and is said once', async () => {
    const open = openDirectory();
    await open.store.set('a', { n: 1 });
    writeFileSync(pathsOf(open.layout, 'a').staged, 'HOLDOVER');
    faults.arm(() => true, 'EACCES', /renameSync|linkSync/);
    expect(await open.store.get('a')).toBeUndefined();
    expect(await open.store.get('a')).toBeUndefined();
    faults.disarm();
    expect(open.said).toEqual([expect.stringMatching(/cannot be set aside in .* \(EACCES\)/)]);
  });
});

describe('under fake timers', () => {
  it('what is staged is moved to its place all the same', async () => {
    vi.useFakeTimers();
    const open = openDirectory();
    await open.store.set('a', { n: 1 });
    vi.useRealTimers();
    await poll(() => existsSync(pathsOf(open.layout, 'a').placed));
  });
});

describe('after a kill', () => {
  it('what was staged is synced at once, and not only when it is moved', async () => {
    const killed = openDirectory();
    await killed.store.set('a', { n: 1 });
    const next = openDirectory(killed.directory);
    faults.arm(() => false, 'EIO', /fsync/);
    await next.files.settled();
    faults.disarm();
    expect(faults.calls).toContain('fsync');
  });
});

describe('when the clock is set', () => {
  it.each([8 * HOUR, -8 * HOUR])('by %d ms, what is stored has the new time', async (step) => {
    const open = openDirectory();
    // At once: the first version is still staged when the next one comes.
    const writes = [open.store.set('a', { n: 1 })];
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + step });
    writes.push(open.store.set('a', { n: 2 }), open.store.set('b', { n: 1 }));
    await Promise.all(writes);
    const now = Date.now();
    for (const id of ['a', 'b']) {
      const { mtimeMs } = statSync(pathsOf(open.layout, id).staged);
      expect(Math.abs(mtimeMs - now)).toBeLessThan(HOUR);
    }
    const stored = await storedTimes(open);
    // The next version in a file is later than the one before, whatever the clock says.
    const wanted = step > 0 ? [now, now] : [now - step, now];
    for (const [index, time] of stored.entries()) {
      expect(Math.abs(time - wanted[index]!)).toBeLessThan(HOUR);
    }
    expect((await openDirectory(open.directory).store.get('a'))?.data).toEqual({ n: 2 });
  });

  it('back, the next sweep does not wait until the time of the last one', async () => {
    const first = openDirectory();
    await first.storage.set('short', 'x', 1);
    await first.files.settled();
    writeFileSync(join(first.directory, '.lastExpire'), String(Date.now() + 400 * DAY));
    const next = openDirectory(first.directory);
    sweep(next);
    await poll(() => !existsSync(pathsOf(first.layout, 'short').placed));
  });
});

describe('writes that fail', () => {
  it('are kept in memory up to a bound in bytes, and a retirement always', async () => {
    const { storage, files } = openDirectory();
    await storage.set('user', 'x', HOUR);
    faults.arm(() => true, 'ENOSPC', /writeSync/);
    const text = 'x'.repeat(1024 * 1024);
    const ids = Array.from({ length: 40 }, (_, index) => `id ${index}`);
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
    const kept = ids.filter((id) => files.holds(recordNameOf(id)));
    expect(kept).toHaveLength(16);
    expect([...told]).toEqual([
      'It is kept in memory and stored as soon as that works.',
      'What was stored before stays; make room on the disk.',
    ]);
    for (const id of ids) expect(storage.get(id)?.text === text).toBe(kept.includes(id));
    expect(storage.get('user')).toBeUndefined();
    faults.disarm();
    await poll(() => kept.every((id) => !files.holds(recordNameOf(id))));
    for (const id of kept) expect(storage.get(id)?.text === text).toBe(true);
    expect(storage.set('user', 'back', HOUR)).toBe(false);
  });
});

describe('what was set aside', () => {
  async function beginWithDamage(): Promise<OpenDirectory> {
    const open = openDirectory();
    await open.store.set('a', { n: 1 });
    await open.files.settled();
    writeFileSync(pathsOf(open.layout, 'a').placed, 'damaged');
    expect(await open.store.get('a')).toBeUndefined();
    expect(quarantined(open.layout)).toHaveLength(1);
    return open;
  }

  it('is swept after the time that a session lasts, and not earlier', async () => {
    const open = await beginWithDamage();
    const path = join(open.layout.quarantine, quarantined(open.layout)[0]!);
    utimesSync(path, 1, 1); // when it was written says nothing of when it was set aside
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * DAY });
    sweep(openDirectory(open.directory));
    await poll(() => readdirSync(open.directory).includes('.lastExpire'));
    expect(existsSync(path)).toBe(true);
    vi.setSystemTime(Date.now() + 2 * DAY);
    sweep(openDirectory(open.directory));
    await poll(() => !existsSync(path));
  });

  it('is told of an id without a look at all that there is', async () => {
    const open = await beginWithDamage();
    faults.arm(() => false, 'EIO', /readdirSync/);
    expect(await open.storage.missReason('a')).toEqual({
      because: 'unreadable',
      reason: 'not a session record',
    });
    expect(await open.storage.missReason('b')).toBeUndefined();
    faults.disarm();
    expect(faults.calls).toEqual([]);
  });
});

/** As a process does after its start, and every hour. */
function sweep({ files }: OpenDirectory): void {
  void sweepIfDue(files);
}

/** When each session was last stored, as a survey says. */
async function storedTimes({ directory }: OpenDirectory): Promise<number[]> {
  const options = {
    directory,
    root: directory,
    namespace: 'default',
    sealingSecret: TEST_SECRET,
    stateDirectory: createTempFolder(),
  } as unknown as StorageOptions;
  const times = new Map<string, number>();
  for await (const { place, stored } of surveyDirectory(options, {})) times.set(place, stored ?? 0);
  return ['a', 'b'].map((id) => times.get(recordNameOf(id)) ?? 0);
}
