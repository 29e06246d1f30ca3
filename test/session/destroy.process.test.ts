import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionStore } from '../../src/session/store.ts';
import { STORAGES, type SharedMedium } from '../support/storages.ts';
import { openDirectory } from '../support/session-directory.ts';
import { runProcess } from '../support/processes.ts';

describe.each(STORAGES)('destroy over %s', (_, share) => {
  let medium: SharedMedium;
  let store: SessionStore;

  beforeEach(() => {
    medium = share();
    store = medium.openStore();
  });

  it('ends a session and refuses its id from then on', async () => {
    await store.set('a', { user: 'Ada' });
    await store.destroy('a');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.set('a', { user: 'Ada' })).toBe(false);
    expect(await store.get('a')).toBeUndefined();
    expect(await medium.openStore().set('a', { user: 'Ada' })).toBe(false);
    expect(await store.length()).toBe(0);
  });

  it('says nothing about an unknown id, and does not refuse it', async () => {
    await store.destroy('a');
    expect(await store.set('a', {})).toBe(true);
  });

  it('is lifted by issue', async () => {
    await store.set('a', { n: 1 });
    await store.destroy('a');
    await store.issue('a');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.set('a', { n: 2 })).toBe(true);
    expect((await medium.openStore().get('a'))?.data).toEqual({ n: 2 });
  });

  it('is lifted for the next set after issue, and for no other', async () => {
    await store.set('a', { n: 1 });
    await store.destroy('a');
    await store.issue('a');
    expect(await store.set('a', { n: 2 })).toBe(true);
    await store.destroy('a');
    expect(await store.set('a', { n: 3 })).toBe(false);
  });

  it('refuses no id any more once one was issued that is in use', async () => {
    await store.set('a', { n: 1 });
    const other = medium.openStore(); // has not seen it
    await other.issue('a');
    expect(await other.set('a', { n: 2 })).toBe(true);
    await other.destroy('a');
    expect(await other.set('a', { n: 3 })).toBe(true);
    await store.get('a');
    await store.issue('a');
    await store.destroy('a');
    expect(await store.set('a', { n: 4 })).toBe(true);
    expect(await store.set('a', { n: 5 })).toBe(true);
  });

  it('is not forgotten for a read that was on its way', async () => {
    await store.set('a', { n: 1 });
    const read = store.get('a');
    await store.destroy('a');
    await read;
    await store.issue('a');
    expect(await store.set('a', { n: 2 })).toBe(true);
    await store.destroy('a');
    expect(await store.set('a', { n: 3 })).toBe(false);
  });

  it('is not undone by issue of a session that lives', async () => {
    await store.set('a', { n: 1 });
    await store.issue('a');
    expect((await store.get('a'))?.data).toEqual({ n: 1 });
  });

  it('reads what a set before it has stored, when neither is awaited', async () => {
    const stored = store.set('a', { n: 1 });
    const read = store.get('a');
    expect((await read)?.data).toEqual({ n: 1 });
    await stored;
  });

  it('takes effect in the order of the calls, when none is awaited', async () => {
    await store.set('a', { n: 0 });
    const results = await Promise.all([
      store.get('a'),
      store.set('a', { n: 1 }),
      store.get('a'),
      store.set('a', { n: 2 }),
      store.get('a'),
      store.destroy('a'),
      store.get('a'),
      store.set('a', { n: 3 }),
      store.issue('a'),
      store.set('a', { n: 4 }),
      store.get('a'),
      store.length(),
    ]);
    const seen = results.map((result) =>
      typeof result === 'object' ? (result.data.n as number) : result,
    );
    expect(seen).toEqual([0, true, 1, true, 2, undefined, undefined, false, undefined, true, 4, 1]);
  });

  it('goes on with the next call after one that was refused', async () => {
    const [bad, good, read] = [
      store.set('a', { n: 1n }),
      store.set('a', { n: 1 }),
      store.get('a'),
    ] as const;
    await expect(bad).rejects.toThrow('JSON');
    expect(await good).toBe(true);
    expect((await read)?.data).toEqual({ n: 1 });
  });
});

describe('a destroyed session', () => {
  it('is refused by a process that starts later, until its id is issued', async () => {
    const { directory, store, settled } = openDirectory();
    await store.set('a', { user: 'Ada' });
    await store.set('b', { user: 'Ben' });
    await store.destroy('a');
    await settled();
    const answer = await runProcess('session-verbs', [
      directory,
      JSON.stringify([
        ['get', 'a'],
        ['set', 'a', { user: 'Ada' }],
        ['get', 'a'],
        ['get', 'b'],
        ['issue', 'a'],
        ['set', 'a', { user: 'Eve' }],
      ]),
    ]);
    expect(JSON.parse(answer)).toEqual([null, false, null, { user: 'Ben' }, null, true]);
    expect((await store.get('a'))?.data).toEqual({ user: 'Eve' });
  });
});
