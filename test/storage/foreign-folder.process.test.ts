import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/index.ts';
import { openDirectory, recordNameOf } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** Everything below a folder with its mode and its text. */
function pictureOf(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true }) as string[];
  const pictures = ['.', ...below].map((name) => {
    const stats = lstatSync(join(folder, name));
    const text = stats.isFile() ? readFileSync(join(folder, name), 'utf8') : '';
    return `${name} ${stats.mode.toString(8)} ${text}`;
  });
  return pictures.sort();
}

describe('a folder that is there already', () => {
  it.each([
    ['a file', (folder: string) => writeFileSync(join(folder, 'photo.jpg'), 'a photo')],
    ['a folder', (folder: string) => mkdirSync(join(folder, 'staged-photos'))],
    ['a file with a dot', (folder: string) => writeFileSync(join(folder, '.env'), 'SECRET=1')],
    ['a folder named staged', (folder: string) => fill(folder, ['staged'], ['photo.jpg'])],
    ['a file named quarantine', (folder: string) => fill(folder, [], ['quarantine', 'x.txt'])],
  ])('and has %s in it is refused, and left as it is', (_, make) => {
    const folder = join(createTempFolder(), 'uploads');
    mkdirSync(folder);
    make(folder);
    chmodSync(folder, 0o1777);
    const before = pictureOf(folder);
    const open = () => openDirectory(folder);
    expect(open).toThrow(folder);
    expect(open).toThrow(/not empty.*holdover has not made it.*SESSION_FILE_DIR/);
    expect(() => createSessionStore({ type: 'filesystem', directory: folder })).toThrow(
      'holdover has not made it',
    );
    expect(pictureOf(folder)).toEqual(before);
  });

  it('is used on after somebody has emptied it, whatever file with a dot is in it', async () => {
    const directory = join(createTempFolder(), 'sessions');
    const options = { type: 'filesystem', directory } as const;
    const store = createSessionStore(options);
    await store.set('a', { n: 1 });
    for (const name of readdirSync(directory)) {
      if (!name.startsWith('.')) rmSync(join(directory, name), { recursive: true });
    }
    writeFileSync(join(directory, '.DS_Store'), '');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.set('a', { n: 2 })).toBe(true);
    expect(() => openDirectory(directory)).not.toThrow();
  });

  it.each([
    ['empty', []],
    ['empty but for .gitkeep', ['.gitkeep']],
    ['empty but for .gitignore', ['.gitignore']],
  ])('and is %s is used', async (_, files) => {
    const folder = join(createTempFolder(), 'sessions');
    mkdirSync(folder);
    fill(folder, [], files);
    const { store } = openDirectory(folder);
    await store.set('a', { n: 1 });
    expect((await openDirectory(folder).store.get('a'))?.data).toEqual({ n: 1 });
    for (const file of files) expect(readFileSync(join(folder, file), 'utf8')).toBe('x');
  });

  it('and was made by holdover is used, whatever else somebody has put into it', async () => {
    const { directory, store, settled } = openDirectory();
    await store.set('a', { n: 1 });
    await settled();
    fill(directory, ['a folder'], ['notes.txt']);
    expect((await openDirectory(directory).store.get('a'))?.data).toEqual({ n: 1 });
  });

  it.each([
    ['only begun', ['staged'], []],
    ['emptied but for what holdover notes', [], ['.namespaces', '.lastExpire']],
    ['left with its records only', [], [recordNameOf('a')]],
  ])('and was made by holdover and is %s is used', (_, folders, files) => {
    const directory = join(createTempFolder(), 'sessions');
    mkdirSync(directory);
    fill(directory, folders, files);
    expect(openDirectory(directory).said).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('a link', () => {
  it.each(['.holdover', '.holdover/sessions', '.holdover/sessions/staged'])(
    'at %s is not followed',
    (part) => {
      const root = createTempFolder();
      const target = join(root, 'victim');
      mkdirSync(target);
      mkdirSync(dirname(join(root, part)), { recursive: true });
      symlinkSync(target, join(root, part));
      expect(() => openDirectory(join(root, '.holdover', 'sessions'))).toThrow(
        /\.holdover.* is a link or a file, which holdover does not follow\. Remove it/,
      );
      expect(readdirSync(target)).toEqual([]);
    },
  );

  it('at .namespaces is not followed', () => {
    const root = createTempFolder();
    const [directory, target] = [join(root, '.holdover', 'sessions'), join(root, 'profile')];
    writeFileSync(target, 'export A=1\n');
    mkdirSync(directory, { recursive: true });
    symlinkSync(target, join(directory, '.namespaces'));
    const open = () => createSessionStore({ type: 'filesystem', directory });
    expect(open).toThrow(/\.namespaces is a link or a folder.*Remove it/);
    expect(readFileSync(target, 'utf8')).toBe('export A=1\n');
  });

  it.each(['staged', 'quarantine'])(
    'in the place of %s is not followed by a server that runs',
    async (part) => {
      const open = openDirectory();
      await open.store.set('a', { n: 1 });
      await open.store.set('b', { n: 1 });
      await open.settled();
      const target = join(createTempFolder(), 'victim');
      mkdirSync(target);
      const path = join(open.directory, part);
      renameSync(path, `${path}-before`);
      symlinkSync(target, path);
      writeFileSync(open.fileOf('b'), 'damaged');
      const call = part === 'staged' ? open.store.set('a', { n: 2 }) : open.store.get('b');
      const error: unknown = await call.catch((thrown: Error) => thrown);
      const { message, cause } = error as Error & { cause?: Error };
      expect(`${message} ${cause?.message}`).toContain(`${part} is a link or a file`);
      expect(readdirSync(target)).toEqual([]);
    },
  );
});

function fill(folder: string, folders: string[], files: string[]): void {
  for (const name of folders) mkdirSync(join(folder, name));
  for (const name of files) writeFileSync(join(folder, name), 'x');
}
