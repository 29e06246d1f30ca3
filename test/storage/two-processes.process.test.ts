import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { times } from '../support/depth.ts';
import { Random } from '../support/random.ts';
import { startRival } from '../support/rival.ts';
import { openDirectory } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const HOUR = 60 * 60 * 1000;
const SETS = times(2_000, 20_000);
const LOGOUTS = times(80, 800);
const IDS = ['one', 'two', 'three', 'four', 'five'];

describe('two processes on one directory', () => {
  it(
    `that store the same sessions ${SETS} times tear none and lose none`,
    { timeout: 600_000 },
    async () => {
      const directory = join(createTempFolder(), 'sessions');
      const rivals = await Promise.all([startRival({ directory }), startRival({ directory })]);
      const results = rivals.map(({ rival }) => once(rival, 'message'));
      for (const { rival } of rivals) rival.send({ ids: IDS, sets: SETS / 2 });
      for (const [result] of await Promise.all(results)) expect(result).toEqual({ wrong: 0 });
      const open = openDirectory(directory);
      for (const id of IDS) {
        const data = (await open.store.get(id))?.data as { text: string } | undefined;
        expect(data?.text.replaceAll(data.text[0]!, '')).toBe('');
      }
      await open.settled();
      expect(open.setAside()).toEqual([]);
      expect([...open.said, ...rivals.map(({ said }) => said())].join('')).toBe('');
    },
  );

  it(
    `of which one destroys ${LOGOUTS} sessions while the other stores them undo no logout`,
    { timeout: 600_000 },
    async () => {
      const open = openDirectory();
      const { rival, said } = await startRival({ directory: open.directory });
      const random = new Random(LOGOUTS);
      let undone = 0;
      for (let n = 0; n < LOGOUTS; n++) {
        const id = `visitor ${n}`;
        await open.store.set(id, { user: 'Ada' });
        const storing = once(rival, 'message');
        rival.send({ id });
        await storing;
        // Some moment of the other process's work.
        const end = performance.now() + random.next() * 2;
        while (performance.now() < end);
        await open.store.destroy(id);
        if (await open.store.get(id)) undone++;
      }
      const storing = once(rival, 'message');
      rival.send({ id: 'the last' });
      await storing;
      const fresh = openDirectory(open.directory);
      for (let n = 0; n < LOGOUTS; n++) {
        if (await fresh.store.get(`visitor ${n}`)) undone++;
      }
      expect(undone).toBe(0);
      expect(await fresh.store.length()).toBe(1);
      expect(await fresh.store.set('visitor 0', {})).toBe(false);
      expect(open.setAside()).toEqual([]);
      expect([...open.said, ...fresh.said, said()].join('')).toBe('');
    },
  );
});

describe('an update', () => {
  it.each(['staged', 'in its place'])(
    'changes what another process has stored meanwhile, over a record that is %s',
    async (place) => {
      const open = openDirectory();
      open.storage.set('a', 'first', HOUR);
      if (place === 'in its place') await open.settled();
      const other = openDirectory(open.directory);
      const seen: unknown[] = [];
      open.storage.update(
        'a',
        (text) => {
          seen.push(text);
          if (seen.length === 1) other.storage.set('a', 'of the other', HOUR);
          return `${text}, changed`;
        },
        HOUR,
      );
      expect(seen).toEqual(['first', 'of the other']);
      for (const { storage } of [open, other, openDirectory(open.directory)]) {
        expect(storage.get('a')?.text).toBe('of the other, changed');
      }
    },
  );

  it('gives up where others store all the time', () => {
    const open = openDirectory();
    const other = openDirectory(open.directory);
    open.storage.set('a', 'text', HOUR);
    let count = 0;
    const change = (): string => {
      other.storage.set('a', `of the other ${count++}`, HOUR);
      return 'changed';
    };
    expect(() => open.storage.update('a', change, HOUR)).toThrow('store it all the time');
    expect(open.storage.get('a')?.text).toBe(`of the other ${count - 1}`);
  });
});

describe('a retirement', () => {
  it.each(['', 'garbage'])(
    'that a power cut has left as %j counts, and the session does not come back',
    async (text) => {
      const open = openDirectory();
      await open.store.set('a', { n: 1 });
      await open.settled();
      const path = open.fileOf('a');
      const record = readFileSync(path);
      await open.store.destroy('a');
      // As if the record had not been removed and the retirement not been written yet.
      writeFileSync(path, record);
      writeFileSync(join(open.directory, 'retired', basename(path)), text);
      const fresh = openDirectory(open.directory);
      expect(await fresh.store.get('a')).toBeUndefined();
      expect(await fresh.store.set('a', { n: 2 })).toBe(false);
      expect([...fresh.said, ...fresh.setAside()]).toEqual([]);
    },
  );
});
