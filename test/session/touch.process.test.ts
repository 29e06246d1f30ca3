import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sessions } from '../../src/session/sessions.ts';
import { SessionStore } from '../../src/session/store.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { createApp } from '../support/app.ts';
import { poll } from '../support/poll.ts';
import { runScript } from '../support/script.ts';
import { openDirectory } from '../support/session-directory.ts';
import { CLOCKED_STORAGES, STORAGES, type SharedMedium } from '../support/storages.ts';

const START = 1_800_000_000_000;
const TTL = 100_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START }));
afterEach(() => vi.useRealTimers());

describe.each(CLOCKED_STORAGES)('the expiry of a touch over %s', (_, share) => {
  let medium: SharedMedium;
  let store: SessionStore;

  beforeEach(() => {
    medium = share();
    store = medium.openStore(TTL);
  });

  const expiryOf = async (id: string) => (await medium.storage.get(id))?.expires;

  it('moves the expiry, by default by the lifetime of the store', async () => {
    await store.set('a', { n: 1 });
    vi.setSystemTime(START + 50_000);
    await store.touch('a');
    expect(await expiryOf('a')).toBe(START + 50_000 + TTL);
    await store.touch('a', 10_000);
    expect(await expiryOf('a')).toBe(START + 60_000);
    expect((await medium.openStore().get('a'))?.data).toEqual({ n: 1 });
  });

  it('is not written before 1 % of the time to live has passed', async () => {
    await store.set('a', { n: 1 });
    vi.setSystemTime(START + 999);
    await store.touch('a');
    expect(await expiryOf('a')).toBe(START + TTL);
    vi.setSystemTime(START + 1000);
    await store.touch('a');
    expect(await expiryOf('a')).toBe(START + 1000 + TTL);
    vi.setSystemTime(START + 1999);
    await store.touch('a');
    expect(await expiryOf('a')).toBe(START + 1000 + TTL);
  });

  it('counts at once where it is not written yet, and is written within a second', async () => {
    await store.set('a', { n: 1 });
    for (const late of [400, 800]) {
      vi.setSystemTime(START + late);
      await store.touch('a');
      expect((await store.get('a'))?.expires).toBe(START + late + TTL);
      for await (const session of store.all()) expect(session.expires).toBe(START + late + TTL);
    }
    expect(await expiryOf('a')).toBe(START + TTL);
    await poll(async () => (await expiryOf('a')) === START + 800 + TTL);
  });

  it('does not come after what is stored or destroyed since', async () => {
    for (const id of ['a', 'b', 'c']) {
      await store.set(id, { n: 1 });
      vi.setSystemTime(START + 500);
      await store.touch(id);
      vi.setSystemTime(START);
    }
    await store.set('a', { n: 2 }, 50_000);
    await store.destroy('b');
    expect((await store.get('a'))?.expires).toBe(START + 50_000);
    await poll(async () => (await expiryOf('c')) === START + 500 + TTL);
    expect(await expiryOf('a')).toBe(START + 50_000);
    expect(await store.get('b')).toBeUndefined();
  });

  it('gives way to what another process has stored while it waits', async () => {
    await store.set('a', { n: 1 });
    await store.set('b', { n: 1 });
    vi.setSystemTime(START + 500);
    await store.touch('a');
    await store.touch('b');
    await medium.openStore().set('a', { n: 2 }, 30 * TTL);
    expect(await store.get('a')).toMatchObject({ data: { n: 2 }, expires: START + 500 + 30 * TTL });
    await poll(async () => (await expiryOf('b')) === START + 500 + TTL);
    expect(await expiryOf('a')).toBe(START + 500 + 30 * TTL);
  });

  it('never ends a rolling session early by more than 1 %', async () => {
    await store.set('a', { n: 1 });
    for (let now = START; now < START + 5 * TTL; now += 337) {
      vi.setSystemTime(now);
      await store.touch('a');
      expect(await expiryOf('a')).toBeGreaterThan(now + 0.99 * TTL);
    }
  });

  it('stores members that differ into the data that is there now', async () => {
    await store.set('a', { cookie: { maxAge: 1 }, n: 1 });
    await medium.openStore().set('a', { cookie: { maxAge: 1 }, n: 2, more: true }, TTL);
    vi.setSystemTime(START + 10);
    await store.touch('a', TTL, { cookie: { maxAge: 2 } });
    expect(await medium.openStore().get('a')).toMatchObject({
      data: { cookie: { maxAge: 2 }, n: 2, more: true },
      expires: START + 10 + TTL,
      created: START,
    });
  });

  it('keeps the members first, so that the next touch with the same is not written', async () => {
    await store.set('a', { n: 1 });
    await store.touch('a', TTL, { cookie: { maxAge: 2 } });
    const stored = await medium.storage.get('a');
    vi.setSystemTime(START + 10);
    await store.touch('a', TTL, { cookie: { maxAge: 2 } });
    expect(await medium.storage.get('a')).toEqual(stored);
  });

  it('does not undo what another process has stored since', async () => {
    await store.set('a', { n: 1 });
    await store.get('a');
    await medium.openStore().set('a', { n: 2 }, TTL);
    vi.setSystemTime(START + 50_000);
    await store.touch('a');
    expect(await store.get('a')).toMatchObject({ data: { n: 2 }, expires: START + 50_000 + TTL });
  });

  it('is in order with a set before it that is not awaited', async () => {
    await store.set('a', { n: 1 });
    const shorter = store.set('a', { n: 2 }, 1000);
    const longer = store.touch('a', TTL);
    await Promise.all([shorter, longer]);
    expect(await store.get('a')).toMatchObject({ data: { n: 2 }, expires: START + TTL });
  });
});

describe.each(STORAGES)('touch over %s', (_, share) => {
  let medium: SharedMedium;
  let store: SessionStore;

  beforeEach(() => {
    medium = share();
    store = medium.openStore(TTL);
  });

  it('leaves an unknown id unknown, with and without members', async () => {
    await store.touch('a');
    await store.touch('a', TTL, { cookie: {} });
    expect(await store.get('a')).toBeUndefined();
    expect(await store.set('a', {})).toBe(true);
  });

  it('does not bring back a destroyed session', async () => {
    await store.set('a', { n: 1 });
    await medium.openStore().destroy('a');
    vi.setSystemTime(START + 50_000);
    await store.touch('a');
    await store.touch('a', TTL, { cookie: { maxAge: 2 } });
    expect(await store.get('a')).toBeUndefined();
  });

  it('does not take members for the same that only begin like them', async () => {
    await store.set('a', { views: 12 });
    await store.touch('a', TTL, { views: 1 });
    expect((await store.get('a'))?.data).toEqual({ views: 1 });
  });

  it('has its members stored after a set before it that is not awaited', async () => {
    await store.set('a', { cookie: { maxAge: 1 }, n: 1 });
    const other = store.set('a', { cookie: { maxAge: 2 }, n: 2 });
    const back = store.touch('a', TTL, { cookie: { maxAge: 1 } });
    await Promise.all([other, back]);
    expect((await store.get('a'))?.data).toEqual({ cookie: { maxAge: 1 }, n: 2 });
  });
});

describe('what a touch writes', () => {
  it.each([
    ['that was last seen long ago', { cookie: { maxAge: 1 }, n: 1 }, 30_000],
    ['with a key that is a number', { cookie: { maxAge: 1 }, 42: 'x' }, 0],
  ])('is an expiry for a session %s, when its members are the same', async (_, data, others) => {
    const storage = new MemoryStorage();
    const store = new SessionStore(new Sessions(storage, TTL));
    await store.set('a', data);
    for (let count = 0; count < others; count++) await store.set(`other-${count}`, {});
    const set = vi.spyOn(storage, 'set');
    const touch = vi.spyOn(storage, 'touch');
    vi.setSystemTime(START + 50_000);
    await store.touch('a', TTL, { cookie: { maxAge: 1 } });
    await store.touch('a', TTL, { cookie: { maxAge: 1 } });
    expect([set.mock.calls.length, touch.mock.calls.length]).toEqual([0, 1]);
    expect(await store.get('a')).toMatchObject({ data, expires: START + 50_000 + TTL });
    await store.touch('a', TTL, { cookie: { maxAge: 2 } });
    expect(set.mock.calls.length).toBe(1);
  });

  it('is written before the process ends, when it has waited', async () => {
    vi.useRealTimers();
    const app = await createApp();
    app.write('package.json', '{ "name": "touching", "type": "module" }');
    app.write(
      'touch.js',
      `import { createSessionStore } from 'holdover';
       const store = createSessionStore();
       const print = async () => {
         for (const id of ['a', 'b']) console.log((await store.get(id)).expires);
       };
       if (process.argv[2] === 'touch') {
         for (const id of ['a', 'b']) await store.set(id, { n: 1 }, 1_000_000);
         await print();
         await store.touch('a', 1_005_000);
         await store.set('b', { n: 1 }, 1_005_000);
       } else await print();
       if (process.argv[3]) process.exit();`,
    );
    for (const end of [[], ['exit']]) {
      const run = async (...words: string[]): Promise<number[]> =>
        (await runScript(app, ['touch.js', ...words])).stdout.trim().split('\n').map(Number);
      const before = await run('touch', ...end);
      const after = await run('look');
      for (const i of [0, 1]) expect(after[i]).toBeGreaterThanOrEqual(before[i]! + 5000);
    }
  });

  it('is an expiry and never data', async () => {
    const storage = new MemoryStorage();
    const store = new SessionStore(new Sessions(storage, TTL));
    await store.set('a', { cookie: { maxAge: 1 }, n: 1 });
    for (let second = 1; second <= 10; second++) {
      vi.setSystemTime(START + second * 1000);
      await store.touch('a', TTL, { cookie: { maxAge: 1 } });
      await store.touch('a', TTL, { cookie: { maxAge: 1 } });
    }
    expect(storage.written).toEqual(['set', ...Array<string>(10).fill('touch')]);
  });

  it('is at most 1 % short, also after a set that was not worth a write', async () => {
    const { store, storage } = openDirectory();
    await store.set('a', { n: 1 }, TTL);
    vi.setSystemTime(START + 900);
    await store.set('a', { n: 1 }, TTL);
    vi.setSystemTime(START + 1800);
    await store.touch('a', TTL);
    expect((await storage.get('a'))?.expires).toBeGreaterThan(START + 1800 + 0.99 * TTL);
  });
});

it('tells of no expiry that is later than the one that is stored, where storing takes time', async () => {
  class SlowStorage extends MemoryStorage {
    override set(key: string, text: string, ttl: number): boolean {
      const isStored = super.set(key, text, ttl);
      vi.setSystemTime(Date.now() + 50);
      return isStored;
    }
  }
  const storage = new SlowStorage();
  const told: number[] = [];
  const nothing = (): void => {};
  const sessions = new Sessions(storage, TTL, {
    stored: (_id, expires) => void told.push(expires),
    destroyed: nothing,
    missed: nothing,
    cleared: nothing,
  });
  await sessions.set('a', { n: 1 });
  expect(told).toEqual([storage.get('a')?.expires]);
});
