import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionStore } from '../../src/session/store.ts';
import { CLOCKED_STORAGES, STORAGES, type SharedMedium } from '../support/storages.ts';

const HOUR = 60 * 60 * 1000;

describe.each(STORAGES)('SessionStore over %s', (_, share) => {
  let medium: SharedMedium;
  let store: SessionStore;

  beforeEach(() => {
    medium = share();
    store = medium.openStore(HOUR);
  });

  afterEach(() => vi.useRealTimers());

  it('gives back what was stored, in this process and in the next', async () => {
    const before = Date.now();
    const data = { user: 'Ada', cart: [{ id: 1 }], nothing: null };
    expect(await store.set('a', data)).toBe(true);
    for (const one of [store, medium.openStore()]) {
      const session = await one.get('a');
      expect(session).toMatchObject({ id: 'a', data });
      expect(session?.created).toBeGreaterThanOrEqual(before);
      expect(session?.created).toBeLessThanOrEqual(Date.now());
      expect(session?.expires).toBeGreaterThanOrEqual(before + HOUR);
      expect(session?.expires).toBeLessThanOrEqual(Date.now() + HOUR);
    }
    expect(await store.get('b')).toBeUndefined();
  });

  it('clears what was set before the call and keeps what is set after it, none of it awaited', async () => {
    const calls = [
      store.set('a', { n: 1 }),
      store.clear(),
      store.set('b', { n: 2 }),
      store.clear(),
    ];
    calls.push(store.set('a', { n: 3 }), store.set('c', { n: 4 }));
    expect(await store.get('b')).toBeUndefined();
    expect(await store.get('a')).toMatchObject({ data: { n: 3 } });
    await Promise.all(calls);
    expect(await store.length()).toBe(2);
  });

  it('hands out copies', async () => {
    const data = { cart: ['tea'] };
    const stored = store.set('a', data);
    data.cart.push('milk');
    await stored;
    const first = await store.get('a');
    (first!.data as typeof data).cart.push('sugar');
    first!.data.user = 'Eve';
    expect((await store.get('a'))?.data).toEqual({ cart: ['tea'] });
  });

  it('keeps the moment of creation over later sets', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    await store.set('a', { n: 1 });
    for (let n = 2; n < 5; n++) {
      vi.setSystemTime(Date.now() + 1000);
      await store.set('a', { n });
    }
    expect(await store.get('a')).toMatchObject({ data: { n: 4 }, created: 1_800_000_000_000 });
  });

  it('keeps the moment of creation over a set of another process, which has read it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    await store.set('a', { n: 1 });
    vi.setSystemTime(1_800_000_001_000);
    const other = medium.openStore();
    await other.get('a');
    await other.set('a', { n: 2 });
    expect(await store.get('a')).toMatchObject({ data: { n: 2 }, created: 1_800_000_000_000 });
  });

  it('keeps the moment of creation over a set of another process, which has not read it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    await store.set('a', { n: 1 });
    vi.setSystemTime(1_800_000_001_000);
    await medium.openStore().set('a', { n: 2 });
    expect(await store.get('a')).toMatchObject({ data: { n: 2 }, created: 1_800_000_000_000 });
  });

  it('counts a session that is stored after a clear as a new one', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    await store.set('a', { n: 1 });
    await store.clear();
    expect(await store.get('a')).toBeUndefined();
    vi.setSystemTime(1_800_000_001_000);
    await store.set('a', { n: 2 });
    expect((await store.get('a'))?.created).toBe(1_800_000_001_000);
  });

  it.each([0, -1, -HOUR])('destroys with a ttl of %d', async (ttl) => {
    await store.set('set', { n: 1 });
    await store.set('touched', { n: 1 });
    expect(await store.set('set', { n: 2 }, ttl)).toBe(true);
    await store.touch('touched', ttl);
    for (const id of ['set', 'touched']) {
      expect(await store.get(id)).toBeUndefined();
      expect(await store.set(id, { n: 3 })).toBe(false);
    }
  });

  it.each([NaN, Infinity, -Infinity, '60' as unknown as number])(
    'refuses a ttl of %s and changes nothing',
    async (ttl) => {
      await store.set('a', { n: 1 }, 2 * HOUR);
      const before = await store.get('a');
      await expect(store.set('a', { n: 2 }, ttl)).rejects.toThrow(TypeError);
      await expect(store.touch('a', ttl)).rejects.toThrow(TypeError);
      const after = await store.get('a');
      expect(after?.data).toEqual({ n: 1 });
      // Of a ttl that was taken it would be another hour. Redis counts what is left, which jitters.
      const moved = (after?.expires ?? 0) - (before?.expires ?? 0);
      expect(Math.abs(moved)).toBeLessThan(HOUR / 2);
    },
  );

  it('refuses what is not plain JSON and keeps what was there', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    await store.set('a', { n: 1 });
    for (const data of [{ n: 1n }, circle, [1]]) {
      await expect(store.set('a', data)).rejects.toThrow('could not be stored');
    }
    expect((await store.get('a'))?.data).toEqual({ n: 1 });
  });

  it('takes no prototype from a payload', async () => {
    const data = JSON.parse(
      '{"__proto__":{"isAdmin":true},"user":{"__proto__":{"x":1}}}',
    ) as object;
    await store.set('a', data);
    for (const one of [store, medium.openStore()]) {
      const session = await one.get('a');
      const copy = Object.assign({}, session?.data) as { isAdmin?: boolean };
      expect(copy.isAdmin).toBeUndefined();
      expect(Object.getOwnPropertyNames(session?.data)).toEqual(['user']);
    }
    await store.touch('a', 2 * HOUR, JSON.parse('{"__proto__":{"isAdmin":true},"cookie":{}}'));
    const touched = await medium.openStore().get('a');
    expect(Object.getOwnPropertyNames(touched?.data).sort()).toEqual(['cookie', 'user']);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('lists all live sessions, counts them and clears them', async () => {
    for (let n = 0; n < 20; n++) await store.set(`id ${n}`, { n });
    await store.destroy('id 0');
    const seen = new Map<string, unknown>();
    for await (const { id, data, expires } of medium.openStore().all()) {
      expect(expires).toBeGreaterThan(Date.now());
      seen.set(id, data.n);
    }
    expect(seen.size).toBe(19);
    for (const [id, n] of seen) expect(id).toBe(`id ${String(n)}`);
    expect(await store.length()).toBe(19);
    await store.clear();
    expect(await medium.openStore().length()).toBe(0);
    expect(await store.get('id 1')).toBeUndefined();
  });
});

describe.each(CLOCKED_STORAGES)('SessionStore over %s, by its clock', (_, share) => {
  afterEach(() => vi.useRealTimers());

  it('expires a session when its time is over', async () => {
    const store = share().openStore(HOUR);
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    await store.set('a', {}, 1000);
    await store.set('b', {});
    vi.setSystemTime(1_800_000_000_999);
    expect(await store.get('a')).toBeDefined();
    vi.setSystemTime(1_800_000_001_000);
    expect(await store.get('a')).toBeUndefined();
    expect(await store.length()).toBe(1);
    vi.setSystemTime(1_800_000_000_000 + HOUR);
    expect(await store.get('b')).toBeUndefined();
    expect(await store.length()).toBe(0);
  });
});
