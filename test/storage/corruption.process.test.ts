import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { times } from '../support/depth.ts';
import { Random } from '../support/random.ts';
import { openDirectory, type OpenDirectory } from '../support/session-directory.ts';
import { CORRUPTIONS, LIKE_AN_INTERRUPTED_WRITE } from './corruptions.ts';

const IN_ALL = times(300, 3_000);
const HEALTHY = times(10, 50);
const kinds = Object.entries(CORRUPTIONS);
const EACH = Math.ceil(IN_ALL / kinds.length / 2);

/** What stands at a path, to be compared with what is set aside. */
function contentOf(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (stats.isDirectory()) return `directory ${readFileSync(join(path, 'inside'), 'utf8')}`;
  return stats.isFile() ? readFileSync(path, 'base64') : 'FIFO';
}

async function storeAll(open: OpenDirectory, ids: string[], isPlaced: boolean): Promise<void> {
  for (const id of ids) await open.store.set(id, { id, text: 'x'.repeat(700) });
  if (isPlaced) for (const id of ids) open.settleNow(id);
}

/** What a process finds, in a word. */
async function read({ store }: OpenDirectory, id: string): Promise<string> {
  const data = (await store.get(id))?.data;
  if (!data) return 'nothing';
  return data.id === id && data.text === 'x'.repeat(700) ? 'the right session' : 'another session';
}

describe.each([
  ['in their places', true],
  ['staged', false],
])('files %s that are wrong in one of many ways', (_, isPlaced) => {
  const isForgiven = ([kind]: [string, unknown]) =>
    !isPlaced && LIKE_AN_INTERRUPTED_WRITE.has(kind);

  it.each(kinds.filter((kind) => !isForgiven(kind)))(
    `%s: ${EACH} are set aside with their bytes, and said once`,
    async (kind, corrupt) => {
      const first = openDirectory();
      const random = new Random(kind.length * 31 + Number(isPlaced));
      const victims = Array.from({ length: EACH }, (__, index) => `victim ${index}`);
      const healthy = Array.from({ length: HEALTHY }, (__, index) => `healthy ${index}`);
      await storeAll(first, [...victims, ...healthy], isPlaced);
      const contents = new Map<string, string>();
      for (const id of victims) {
        const path = first.fileOf(id);
        corrupt({ path, other: first.fileOf(random.pick(healthy)), random });
        contents.set(basename(path), contentOf(path));
      }

      // Half of them are met by a process that has the sessions in memory, half by a new one.
      const half = victims.length >> 1;
      for (const id of victims.slice(0, half)) expect(await read(first, id)).toBe('nothing');
      const second = openDirectory(first.directory);
      for (const id of victims) expect(await read(second, id)).toBe('nothing');
      for (const id of healthy) {
        for (const { store } of [first, second]) expect((await store.get(id))?.data.id).toBe(id);
      }
      expect(await second.store.length()).toBe(HEALTHY);

      const aside = first.setAside();
      expect(aside.length).toBe(EACH);
      for (const path of aside) {
        expect(contentOf(path) === contents.get(basename(path).slice(0, 64))).toBe(true);
      }
      for (const said of [first.said, second.said]) expect(new Set(said).size).toBe(said.length);
      expect(second.said.length + first.said.length).toBeGreaterThan(0);

      // The request went on without a session, and the next login is stored.
      expect(await second.store.set(victims[0]!, { again: true })).toBe(true);
      expect((await first.store.get(victims[0]!))?.data).toEqual({ again: true });
    },
  );
});

describe('staged files whose second slot is not whole', () => {
  it.each(kinds.filter(([kind]) => LIKE_AN_INTERRUPTED_WRITE.has(kind)))(
    '%s: give the right session or none',
    async (kind, corrupt) => {
      const first = openDirectory();
      const random = new Random(kind.length);
      const victims = Array.from({ length: EACH }, (_, index) => `victim ${index}`);
      await storeAll(first, [...victims, 'healthy'], false);
      const other = first.fileOf('healthy');
      const names = new Map(victims.map((id) => [id, basename(first.fileOf(id))]));
      for (const id of victims) corrupt({ path: first.fileOf(id), other, random });
      const second = openDirectory(first.directory);
      for (const id of victims) {
        const found = await read(second, id);
        const isAside = first.setAside().some((path) => path.includes(String(names.get(id))));
        expect(found).toBe(isAside ? 'nothing' : 'the right session');
      }
      // What counts is made whole on its way to its place.
      await second.settled();
      for (const id of victims) expect(await read(first, id)).toBe(await read(second, id));
      expect(await read(first, 'healthy')).toBe('the right session');
    },
  );
});

describe('records that are swapped', () => {
  it.each([
    ['in their places', 'that has stored them', true],
    ['in their places', 'that starts', true],
    ['staged', 'that has stored them', false],
    ['staged', 'that starts', false],
  ])('%s open for neither in the process %s', async (_, which, isPlaced) => {
    const open = openDirectory();
    await storeAll(open, ['a', 'b', 'c'], isPlaced);
    const [a, b] = [open.fileOf('a'), open.fileOf('b')];
    renameSync(a, join(open.directory, 'aside'));
    renameSync(b, a);
    renameSync(join(open.directory, 'aside'), b);
    const { store, said } = which === 'that starts' ? openDirectory(open.directory) : open;
    expect(await store.get('a')).toBeUndefined();
    expect(await store.get('b')).toBeUndefined();
    expect((await store.get('c'))?.data.id).toBe('c');
    expect(said).toHaveLength(1);
    expect(open.setAside()).toHaveLength(2);
  });
});

describe('the directory', () => {
  it('leaves alone what is not its own, and lists around it', async () => {
    const open = openDirectory();
    await open.store.set('a', { n: 1 });
    const folders = [open.directory, dirname(open.fileOf('a'))];
    const foreign = ['.DS_Store', 'a_b', 'notes.txt', `${'f'.repeat(64)}.bak`, 'F'.repeat(64)];
    for (const name of foreign) {
      for (const folder of folders) writeFileSync(join(folder, name), 'x');
    }
    const next = openDirectory(open.directory);
    expect(await next.store.length()).toBe(1);
    await next.store.clear();
    expect(await next.store.length()).toBe(0);
    for (const name of foreign) {
      for (const folder of folders) expect(existsSync(join(folder, name))).toBe(true);
    }
    expect([...open.said, ...next.said, ...open.setAside()]).toEqual([]);
  });

  it('is made again when somebody removes it under a running server', async () => {
    const { store, directory } = openDirectory();
    await store.set('a', { n: 1 });
    rmSync(directory, { recursive: true });
    expect(await store.get('a')).toBeUndefined();
    expect(await store.set('a', { n: 2 })).toBe(true);
    expect((await openDirectory(directory).store.get('a'))?.data).toEqual({ n: 2 });
  });
});
