import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionStorage } from '../../src/session/storage.ts';
import { poll } from '../support/poll.ts';
import { HOSTILE_KEYS } from './hostile-keys.ts';

const HOUR = 60 * 60 * 1000;

/** The namespaces of one medium, which is new for each test. */
export type OpenMedium = () => Promise<(namespace: string) => SessionStorage>;

/** What a SessionStore may rely on, whatever the storage. Every storage passes all of it. */
export function describeStorageContract(name: string, open: OpenMedium): void {
  describe(`${name} keeps the storage contract`, () => {
    let inNamespace: (namespace: string) => SessionStorage;
    let storage: SessionStorage;

    beforeEach(async () => {
      inNamespace = await open();
      storage = inNamespace('main');
    });

    it('gives back the text that was stored, with its expiry', async () => {
      const before = Date.now();
      expect(await storage.set('a', '{"cart":1}', HOUR)).toBe(true);
      const stored = await storage.get('a');
      expect(stored?.text).toBe('{"cart":1}');
      expect(stored?.expires).toBeGreaterThanOrEqual(before + HOUR);
      expect(stored?.expires).toBeLessThanOrEqual(Date.now() + HOUR);
    });

    it('has nothing under a key that was never stored', async () => {
      expect(await storage.get('nobody')).toBeUndefined();
      expect(await storage.touch('nobody', HOUR)).toBe(false);
      expect(await storage.get('nobody')).toBeUndefined();
    });

    it('replaces a text', async () => {
      for (const text of ['first', 'second, which is longer', '3']) {
        await storage.set('a', text, HOUR);
        expect((await storage.get('a'))?.text).toBe(text);
      }
      expect(await storage.count()).toBe(1);
    });

    it.each([
      ['nothing', ''],
      ['line breaks and NUL', '\n\0\r\n"\\'],
      ['every plane of Unicode', 'aé漢😀\u2028\u{10ffff}'],
      ['what looks like JSON of its own', '{"value":"x","expires":1}'],
      ['64 kB', 'é'.repeat(32 * 1024)],
      ['1 MB', 'x'.repeat(1024 * 1024)],
    ])('keeps a text of %s as it is', async (_, text) => {
      await storage.set('a', text, HOUR);
      expect((await storage.get('a'))?.text === text).toBe(true);
      await storage.touch('a', 2 * HOUR);
      expect((await storage.get('a'))?.text === text).toBe(true);
    });

    it('refuses a text of more than 64 MB, with its size, and keeps the one before', async () => {
      const large = 'é'.repeat(34_000_000);
      const message =
        'The session could not be stored: it is 68 MB, and the limit is 64 MB. Keep large data in a file or a database.';
      await expect((async () => storage.set('new', large, HOUR))()).rejects.toThrow(message);
      expect(await storage.get('new')).toBeUndefined();
      await storage.set('a', 'text', HOUR);
      await expect((async () => storage.set('a', large, HOUR))()).rejects.toThrow(message);
      const grow = (): string => large;
      await expect((async () => storage.update('a', grow, HOUR))()).rejects.toThrow(message);
      expect((await storage.get('a'))?.text).toBe('text');
    });

    describe('expiry', () => {
      it('keeps a text until its time is over, and not longer', async () => {
        const earliest = Date.now() + 300;
        await storage.set('a', 'text', 300);
        const latest = Date.now() + 300;
        const gone = await poll(async () => {
          const stored = await storage.get('a');
          if (Date.now() < earliest) expect(stored?.text).toBe('text');
          return stored ? undefined : Date.now();
        });
        expect(gone).toBeGreaterThanOrEqual(earliest);
        await poll(() => Date.now() > latest);
        expect(await storage.count()).toBe(0);
        expect(await keysOf(storage)).toEqual([]);
        expect(await storage.touch('a', HOUR)).toBe(false);
        expect(await storage.set('a', 'again', HOUR)).toBe(true);
        expect((await storage.get('a'))?.text).toBe('again');
      });

      it('moves the expiry with touch, later and earlier, and leaves the text', async () => {
        await storage.set('a', 'text', HOUR);
        for (const ttl of [10 * HOUR, HOUR / 2]) {
          const before = Date.now();
          expect(await storage.touch('a', ttl)).toBe(true);
          const stored = await storage.get('a');
          expect(stored?.text).toBe('text');
          expect(stored?.expires).toBeGreaterThanOrEqual(before + ttl);
          expect(stored?.expires).toBeLessThanOrEqual(Date.now() + ttl);
        }
        await storage.touch('a', 1);
        await poll(async () => (await storage.get('a')) === undefined);
      });

      it('takes the expiry of the latest set', async () => {
        await storage.set('a', 'text', HOUR);
        await storage.set('a', 'text', 2 * HOUR);
        expect((await storage.get('a'))?.expires).toBeGreaterThan(Date.now() + 1.9 * HOUR);
      });
    });

    describe('retirement', () => {
      it('removes what was there and refuses to store the key', async () => {
        await storage.set('a', 'text', HOUR);
        await storage.retire('a', HOUR);
        expect(await storage.get('a')).toBeUndefined();
        expect(await storage.set('a', 'back', HOUR)).toBe(false);
        expect(await storage.touch('a', HOUR)).toBe(false);
        expect(await storage.get('a')).toBeUndefined();
        expect(await storage.count()).toBe(0);
        expect(await keysOf(storage)).toEqual([]);
      });

      it('does not refuse a key under which nothing was', async () => {
        await storage.retire('a', HOUR);
        expect(await storage.set('a', 'text', HOUR)).toBe(true);
      });

      it('ends with its time', async () => {
        await storage.set('a', 'text', HOUR);
        await storage.retire('a', 100);
        await poll(() => storage.set('a', 'new', HOUR));
        expect((await storage.get('a'))?.text).toBe('new');
      });

      it('is lifted by revive, with nothing there', async () => {
        await storage.set('a', 'text', HOUR);
        await storage.retire('a', HOUR);
        await storage.revive('a');
        expect(await storage.get('a')).toBeUndefined();
        expect(await storage.set('a', 'new', HOUR)).toBe(true);
        expect((await storage.get('a'))?.text).toBe('new');
      });

      it('has nothing to revive where nothing is retired', async () => {
        await storage.revive('a');
        await storage.set('a', 'text', HOUR);
        await storage.revive('a');
        expect((await storage.get('a'))?.text).toBe('text');
      });

      it('outlasts a clear', async () => {
        await storage.set('a', 'text', HOUR);
        await storage.retire('a', HOUR);
        await storage.clear();
        expect(await storage.set('a', 'back', HOUR)).toBe(false);
      });
    });

    describe('update', () => {
      const countUp = (text: string | undefined): string => String(Number(text ?? 0) + 1);

      it('begins with nothing, and leaves the expiry that the first text has got', async () => {
        const before = Date.now();
        for (const ttl of [HOUR, 2 * HOUR, 3 * HOUR]) await storage.update('a', countUp, ttl);
        const stored = await storage.get('a');
        expect(stored?.text).toBe('3');
        expect(stored?.expires).toBeGreaterThanOrEqual(before + HOUR);
        expect(stored?.expires).toBeLessThanOrEqual(Date.now() + HOUR);
        expect(await storage.count()).toBe(1);
      });

      it('loses none of many at the same time', async () => {
        await Promise.all(Array.from({ length: 50 }, () => storage.update('a', countUp, HOUR)));
        expect((await storage.get('a'))?.text).toBe('50');
      });

      it('removes a text, whose key is not refused then', async () => {
        await storage.set('a', 'text', HOUR);
        const seen: unknown[] = [];
        const remove = (text: string | undefined): undefined => void seen.push(text);
        for (let count = 0; count < 2; count++) await storage.update('a', remove, HOUR);
        expect([seen[0], seen.at(-1)]).toEqual(['text', undefined]);
        expect(await storage.get('a')).toBeUndefined();
        expect(await storage.count()).toBe(0);
        expect(await storage.set('a', 'new', HOUR)).toBe(true);
      });

      it('lifts a retirement with a new text, and not with none', async () => {
        await storage.set('a', 'text', HOUR);
        await storage.retire('a', HOUR);
        await storage.update('a', () => undefined, HOUR);
        expect(await storage.set('a', 'back', HOUR)).toBe(false);
        await storage.update('a', countUp, HOUR);
        expect((await storage.get('a'))?.text).toBe('1');
        expect(await storage.touch('a', HOUR)).toBe(true);
        expect(await storage.set('a', 'new', HOUR)).toBe(true);
      });

      it('takes what has expired for nothing', async () => {
        await storage.set('a', '7', 1);
        await poll(async () => (await storage.get('a')) === undefined);
        await storage.update('a', countUp, HOUR);
        expect((await storage.get('a'))?.text).toBe('1');
      });
    });

    describe('namespaces', () => {
      it('are apart for every verb', async () => {
        const other = inNamespace('mai');
        await storage.set('a', 'main', HOUR);
        expect(await other.get('a')).toBeUndefined();
        expect(await other.touch('a', HOUR)).toBe(false);
        await other.retire('a', HOUR);
        expect((await storage.get('a'))?.text).toBe('main');
        await other.set('a', 'other', HOUR);
        await other.set('b', 'other', HOUR);
        expect((await storage.get('a'))?.text).toBe('main');
        expect([await storage.count(), await other.count()]).toEqual([1, 2]);
        expect(await keysOf(other)).toEqual(['a', 'b']);
        await storage.retire('a', HOUR);
        expect((await other.get('a'))?.text).toBe('other');
      });

      it('are cleared one by one', async () => {
        const names = ['main', 'mai', 'main-2', 'Main'];
        for (const one of names) await inNamespace(one).set('a', one, HOUR);
        await storage.clear();
        expect(await storage.get('a')).toBeUndefined();
        expect(await storage.count()).toBe(0);
        for (const one of names.slice(1)) {
          expect((await inNamespace(one).get('a'))?.text).toBe(one);
        }
      });
    });

    describe('hostile keys', () => {
      it('are all different keys', async () => {
        for (const [index, key] of HOSTILE_KEYS.entries()) {
          expect(await storage.set(key, `text ${index}`, HOUR)).toBe(true);
        }
        for (const [index, key] of HOSTILE_KEYS.entries()) {
          expect((await storage.get(key))?.text).toBe(`text ${index}`);
        }
        expect(await storage.count()).toBe(HOSTILE_KEYS.length);
        expect(await keysOf(storage)).toEqual([...HOSTILE_KEYS].sort());
      });

      it.each(HOSTILE_KEYS.map((key) => [JSON.stringify(key).slice(0, 40), key]))(
        '%s can be touched, retired, revived and stored again',
        async (_, key) => {
          await storage.set(key, 'text', HOUR);
          await storage.set('bystander', 'here', HOUR);
          expect(await storage.touch(key, 2 * HOUR)).toBe(true);
          await storage.retire(key, HOUR);
          expect(await storage.get(key)).toBeUndefined();
          expect(await storage.set(key, 'back', HOUR)).toBe(false);
          await storage.revive(key);
          expect(await storage.set(key, 'new', HOUR)).toBe(true);
          expect((await storage.get(key))?.text).toBe('new');
          expect((await storage.get('bystander'))?.text).toBe('here');
        },
      );
    });

    describe('at the same time', () => {
      it('stores many keys', async () => {
        const keys = Array.from({ length: 200 }, (_, index) => `key ${index}`);
        await Promise.all(keys.map((key) => storage.set(key, `text of ${key}`, HOUR)));
        const stored = await Promise.all(keys.map((key) => storage.get(key)));
        expect(stored.map((one) => one?.text)).toEqual(keys.map((key) => `text of ${key}`));
        expect(await storage.count()).toBe(200);
      });

      it('leaves one whole text of many that are stored under one key', async () => {
        const texts = Array.from({ length: 50 }, (_, index) => `${index} `.repeat(1 + index * 40));
        await Promise.all(texts.map((text) => storage.set('a', text, HOUR)));
        expect(texts).toContain((await storage.get('a'))?.text);
        expect(await storage.count()).toBe(1);
      });

      it('never stores a key after it was retired', async () => {
        await storage.set('a', 'text', HOUR);
        await Promise.all([
          storage.set('a', 'one', HOUR),
          storage.touch('a', 2 * HOUR),
          storage.retire('a', HOUR),
          storage.set('a', 'two', HOUR),
          storage.touch('a', 3 * HOUR),
        ]);
        expect(await storage.get('a')).toBeUndefined();
      });

      it('goes through the entries while others come and go', async () => {
        const stay = Array.from({ length: 100 }, (_, index) => `stay ${index}`);
        for (const key of stay) await storage.set(key, key, HOUR);
        const seen: string[] = [];
        for await (const { key, text } of storage.entries()) {
          await storage.set(`new ${seen.length}`, 'new', HOUR);
          await storage.touch(key, 2 * HOUR);
          if (key.startsWith('stay')) expect(text).toBe(key);
          seen.push(key);
          if (seen.length > 1000) break;
        }
        expect(seen.filter((key) => key.startsWith('stay')).sort()).toEqual(stay.sort());
        expect(new Set(seen).size).toBe(seen.length);
      });
    });

    it('can be cleared when there is nothing, and used again', async () => {
      await storage.clear();
      await storage.set('a', 'text', HOUR);
      await storage.clear();
      expect(await storage.count()).toBe(0);
      expect(await keysOf(storage)).toEqual([]);
      expect(await storage.set('a', 'again', HOUR)).toBe(true);
      expect((await storage.get('a'))?.text).toBe('again');
    });
  });
}

async function keysOf(storage: SessionStorage): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.entries()) keys.push(key);
  return keys.sort();
}
