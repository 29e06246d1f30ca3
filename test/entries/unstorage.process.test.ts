import { createStorage, restoreSnapshot, snapshot, type Storage } from 'unstorage';
import { describe, expect, it, vi } from 'vitest';
import { createSessionStore } from '../../src/index.ts';
import type { Options } from '../../src/options.ts';
import holdover from '../../src/unstorage.ts';
import { CareProject } from '../support/care-project.ts';
import { runScript } from '../support/script.ts';
import { PLACES } from './places.ts';

/** What unstorage asks of its own drivers, and what they answer. */
describe.each(PLACES)('the driver for unstorage over $name', ({ create }) => {
  const open = async (): Promise<Storage> => createStorage({ driver: holdover(await create()) });

  it('keeps what unstorage writes as a text, whatever it was', async () => {
    const storage = await open();
    const dated = { toJSON: () => ({ year: 1843 }) };
    const values = ['text', '', '{"half', 0, -1.5, false, true, null, [1, [2]], { a: { b: 'ü' } }];
    for (const value of values) {
      await storage.setItem('a:value', value);
      expect(await storage.getItem('a:value')).toEqual(value);
      expect(await storage.hasItem('a:value')).toBe(true);
    }
    await storage.setItem('a:value', dated);
    expect(await storage.getItem('a:value')).toEqual({ year: 1843 });
    await expect(storage.setItem('a:value', new Map())).rejects.toThrow('Cannot stringify value!');
    await storage.setItem('a:value', undefined as never);
    expect(await storage.hasItem('a:value')).toBe(false);
    expect(await storage.getItem('a:value')).toBeNull();
    expect(await storage.getItemRaw('a:value')).toBeNull();
    await storage.removeItem('a:value');
  });

  it('keeps bytes as they are', async () => {
    const storage = await open();
    const bytes = Uint8Array.from({ length: 512 }, (_unused, index) => index % 256);
    const forms = [bytes, Buffer.from(bytes), bytes.buffer, new DataView(bytes.buffer)];
    for (const form of [...forms, new Uint16Array(bytes.buffer)]) {
      await storage.setItemRaw('raw.bin', form);
      const raw = await storage.getItemRaw<Buffer>('raw.bin');
      expect(Buffer.isBuffer(raw)).toBe(true);
      expect(raw?.equals(bytes)).toBe(true);
    }
    // A part of a larger buffer is that part.
    await storage.setItemRaw('raw.bin', bytes.subarray(65, 68));
    expect(await storage.getItem('raw.bin')).toBe('ABC');
    await storage.setItemRaw('raw.bin', 'text');
    expect(await storage.getItemRaw('raw.bin')).toBe('text');
    await storage.setItemRaw('raw.bin', { a: 1 });
    expect(await storage.getItemRaw('raw.bin')).toEqual({ a: 1 });
  });

  it('lists keys by their base and depth, and clears them by their base', async () => {
    const driver = holdover(await create());
    const storage = createStorage({ driver });
    expect(await storage.getKeys()).toEqual([]);
    await storage.clear();
    const keys = ['top', 'a:one', 'a:two', 'a:b:three', 'ab:four'];
    await storage.setItems(keys.map((key) => ({ key, value: key })));
    const list = async (base?: string, maxDepth?: number): Promise<string[]> =>
      (await storage.getKeys(base, { maxDepth })).sort();
    expect(await list()).toEqual(keys.toSorted());
    expect(await list('a')).toEqual(['a:b:three', 'a:one', 'a:two']);
    expect(await list('', 0)).toEqual(['top']);
    expect(await list('', 1)).toEqual(['a:one', 'a:two', 'ab:four', 'top']);
    expect(await list('nowhere')).toEqual([]);
    expect(await storage.getItems(['a:one', { key: 'no' }, 'top?x=1'])).toEqual([
      { key: 'a:one', value: 'a:one' },
      { key: 'no', value: null },
      { key: 'top', value: 'top' },
    ]);
    expect(await snapshot(storage, 'a:b')).toEqual({ three: 'a:b:three' });
    await driver.clear?.('a:', {}); // unstorage asks for all of a driver only
    expect(await list()).toEqual(['ab:four', 'top']);
    await storage.clear();
    expect(await list()).toEqual([]);
    await restoreSnapshot(storage, { 'a:one': 'again' });
    expect(await storage.getItem('a:one')).toBe('again');
  });

  it('keeps an item until it is removed, when nothing is said', async () => {
    const storage = await open();
    await storage.setItem('key', 'first');
    expect(await storage.getMeta('key')).toEqual({ mtime: expect.any(Date) });
    expect(await storage.getMeta('gone')).toEqual({});
    // What was removed is good again at once.
    for (const value of ['second', 'third']) {
      await storage.removeItem('key');
      expect(await storage.hasItem('key')).toBe(false);
      await storage.setItem('key', value);
      expect(await storage.getItem('key')).toBe(value);
    }
  });

  it('says when an item was written and how long it lasts, in seconds', async () => {
    const place = await create();
    const storage = createStorage({ driver: holdover(place) });
    const before = Date.now();
    await storage.setItem('key', 'text', { ttl: 3600 });
    await storage.setItemRaw('raw', Buffer.from('bytes'), { ttl: 3600 });
    for (const key of ['key', 'raw']) {
      const { mtime, ttl } = await storage.getMeta(key);
      expect(mtime?.getTime()).toBeGreaterThanOrEqual(before);
      expect(ttl).toBeGreaterThan(3000);
      expect(ttl).toBeLessThanOrEqual(3600);
    }
    await storage.setItem('key', 'text');
    expect((await storage.getMeta('key')).ttl).toBeUndefined();
    await storage.setMeta('key', { color: 'red' });
    expect(await storage.getMeta('key')).toMatchObject({ color: 'red' });

    const short = createStorage({ driver: holdover({ ...place, lifetime: '2h' }) });
    await short.setItem('key', 'text');
    const { ttl = 0 } = await short.getMeta('key');
    expect(ttl).toBeGreaterThan(7000);
    expect(ttl).toBeLessThanOrEqual(7200);
  });
});

describe('the items of unstorage', () => {
  it('are in a namespace of their own, and no lifetime of logins ends them', async () => {
    vi.stubEnv('SESSION_LIFETIME', '1h');
    const options: Options = { type: 'memory' };
    const count = (namespace: string): Promise<number> =>
      createSessionStore({ ...options, namespace }).length();
    try {
      const storage = createStorage({ driver: holdover(options) });
      await storage.setItem('key', 'text');
      expect((await storage.getMeta('key')).ttl).toBeUndefined();
      expect([await count('unstorage'), await count('default')]).toEqual([1, 0]);
      vi.stubEnv('SESSION_NAMESPACE', 'shop');
      await createStorage({ driver: holdover(options) }).setItem('key', 'text');
      expect(await count('shop__unstorage')).toBe(1);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('are not noted for holdover why, which is for logins', async () => {
    const project = await CareProject.begin('filesystem');
    project.app.write(
      'app.js',
      `import holdover from 'holdover/unstorage';
       import { createSessionStore } from 'holdover';
       const driver = holdover();
       await driver.setItem('item', 'text', {});
       await driver.removeItem('item', {});
       const sessions = createSessionStore();
       await sessions.set('session', {});
       await sessions.destroy('session');`,
    );
    await runScript(project.app, ['app.js'], project.env);
    expect((await project.run(['why', 'session'])).stdout).toContain('was destroyed');
    expect((await project.run(['why', 'item'])).stdout).not.toContain('was destroyed');
  });
});
