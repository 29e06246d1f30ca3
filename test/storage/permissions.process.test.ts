import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSealKey } from '../../src/storage/keys/key.ts';
import { openDirectory } from '../support/session-directory.ts';
import { runProcess, TEST_SECRET } from '../support/processes.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;
const OPENER = fileURLToPath(new URL('../support/processes/umask-opener.js', import.meta.url));

/** The modes of everything below a folder, by what it is. */
function modesIn(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    const kind = entry.isDirectory() ? 'folder' : 'file';
    return `${kind} ${basename(entry.name)} ${(mode & 0o7777).toString(8)}`;
  });
  return found.sort();
}

describe.skipIf(process.platform === 'win32')('modes', () => {
  const users: [string, string][] = [['this user', '']];
  if (IS_ROOT) users.push(['another user than root', String(NOBODY)]);

  describe.each(users)('for %s', (_, user) => {
    it.each(['000', '022', '077', '777'])(
      'under umask %s folders are 0700 and files 0600',
      (umask) => {
        const folder = createTempFolder();
        if (user) chownSync(folder, Number(user), Number(user));
        const directory = join(folder, '.holdover', 'sessions');
        const state = join(folder, 'state');
        const printed = execFileSync(process.execPath, [OPENER, directory, umask, user], {
          cwd: folder,
          env: { ...process.env, XDG_STATE_HOME: state, SESSION_KEY: '' },
          stdio: ['ignore', 'pipe', 'pipe'],
          encoding: 'utf8',
        });
        expect(JSON.parse(printed)).toEqual({ user: 'Ada' });
        const modes = [...modesIn(directory), ...modesIn(state)];
        expect(modes.length).toBeGreaterThan(5);
        expect((statSync(directory).mode & 0o7777).toString(8)).toBe('700');
        const loose = modes.filter(
          (one) => !(one.startsWith('folder') ? one.endsWith(' 700') : one.endsWith(' 600')),
        );
        // The time of the last sweep says nothing of anybody.
        expect(loose.filter((one) => !one.includes('.lastExpire'))).toEqual([]);
        // That of the directory, and that of the project when what has happened was noted before the end.
        expect(modes.filter((one) => one.includes('.key')).length).toBeOneOf([1, 2]);
      },
    );
  });

  it('of a looser directory are tightened, and kept through the background work', async () => {
    const { directory, store, settled } = openDirectory();
    const folders = [directory, ...['staged', 'quarantine'].map((name) => join(directory, name))];
    for (const path of folders) chmodSync(path, 0o777);
    openDirectory(directory);
    for (const path of folders) expect((statSync(path).mode & 0o7777).toString(8)).toBe('700');
    for (let n = 0; n < 3; n++) await store.set('a', { n });
    await settled();
    expect(
      modesIn(directory).filter((mode) => !/^(folder .* 700|file .* 600)$/.test(mode)),
    ).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('a directory that is not one', () => {
  it('is refused when it is a file', () => {
    const directory = join(createTempFolder(), 'sessions');
    writeFileSync(directory, 'x');
    expect(() => openDirectory(directory)).toThrow(directory);
    expect(readFileSync(directory, 'utf8')).toBe('x');
  });
});

describe('the key', () => {
  let folder: string;
  let directory: string;
  let state: string;

  beforeEach(() => {
    folder = createTempFolder();
    directory = join(folder, 'project', '.holdover', 'sessions');
    state = join(folder, 'state');
    mkdirSync(directory, { recursive: true });
  });

  const keyFile = () => {
    const [name] = readdirSync(join(state, 'keys'));
    return join(state, 'keys', name!);
  };

  it('is one file of mode 0600 outside the project, and the same at the next start', () => {
    const key = openSealKey(directory, state);
    expect(openSealKey(directory, state)).toEqual(key);
    expect(readdirSync(join(state, 'keys'))).toHaveLength(1);
    expect(readFileSync(keyFile(), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    if (process.platform === 'win32') return;
    expect(statSync(keyFile()).mode & 0o7777).toBe(0o600);
    expect(statSync(dirname(keyFile())).mode & 0o7777).toBe(0o700);
  });

  it('that is lost is said once, and the old records wait for it', async () => {
    const key = openSealKey(directory, state);
    const before = openDirectory(directory, { key });
    for (let n = 0; n < 40; n++) await before.store.set(`id ${n}`, { n });
    await before.settled();
    for (let n = 0; n < 5; n++) await before.store.set(`id ${n}`, { n, staged: true });
    renameSync(state, `${state} of somebody else`);
    const after = openDirectory(directory, { key: openSealKey(directory, state) });
    expect(after.said).toEqual([expect.stringContaining('set SESSION_KEY')]);
    for (let n = 0; n < 40; n++) expect(await after.store.get(`id ${n}`)).toBeUndefined();
    expect(await after.store.length()).toBe(0);
    await after.store.set('id 41', { again: true });
    expect((await after.store.get('id 41'))?.data).toEqual({ again: true });
    await after.settled();
    expect(after.said).toHaveLength(1);
    expect(after.setAside()).toEqual([]);
    rmSync(state, { recursive: true });
    renameSync(`${state} of somebody else`, state);
    const back = openDirectory(directory, { key: openSealKey(directory, state) });
    expect(await back.store.length()).toBe(40);
    for (let n = 0; n < 40; n++)
      expect((await back.store.get(`id ${n}`))?.data).toMatchObject({ n });
  });

  it('may be a secret, which leaves no file and opens a moved directory', async () => {
    const secret = 'a secret of 32 characters or more';
    const key = openSealKey(directory, state, secret);
    const first = openDirectory(directory, { key });
    await first.store.set('a', { user: 'Ada' });
    await first.settled();
    expect(readdirSync(folder)).toEqual(['project']);
    const moved = join(folder, 'moved');
    cpSync(directory, moved, { recursive: true });
    const second = openDirectory(moved, { key: openSealKey(moved, state, secret) });
    expect((await second.store.get('a'))?.data).toEqual({ user: 'Ada' });
    const third = openDirectory(moved, { key: openSealKey(moved, state, `${secret}!`) });
    expect(await third.store.get('a')).toBeUndefined();
    expect(third.said).toHaveLength(1);
  });

  it.each(['', 'x', 'g'.repeat(64), `${'a'.repeat(64)}\nmore`])(
    'is refused in one sentence when its file holds %j',
    (text) => {
      openSealKey(directory, state);
      const path = keyFile();
      writeFileSync(path, text);
      expect(() => openSealKey(directory, state)).toThrow(path);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'of a folder that this user may not look into is refused in one sentence with the path',
    async () => {
      const project = dirname(dirname(directory));
      chmodSync(project, IS_ROOT ? 0o700 : 0);
      onTestFinished(() => chmodSync(project, 0o700));
      const user = IS_ROOT ? [String(NOBODY)] : [];
      expect(await runProcess('key-opener', [directory, state, ...user])).toBe(
        `The key of ${directory} cannot be found, because this user may not look into that folder (EACCES). Let the user enter it and those above it, or set SESSION_KEY to a key of your own.`,
      );
    },
  );

  it('is the same for all of many processes that start at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 4 }, () => runProcess('key-opener', [directory, state])),
    );
    expect(new Set(results).size).toBe(1);
    expect(results[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(readdirSync(join(state, 'keys'))).toHaveLength(1);
  });
});

describe.skipIf(!IS_ROOT)('a record of another user', () => {
  it('is left to them by a process that may not read it', async () => {
    const folder = createTempFolder();
    const { directory, store, settled, setAside } = openDirectory(join(folder, 'sessions'));
    await store.set('theirs', { user: 'root' });
    await settled();
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    for (const path of [folder, ...folders.map(({ parentPath, name }) => join(parentPath, name))]) {
      chownSync(path, NOBODY, NOBODY);
    }
    const script = fileURLToPath(new URL('../support/processes/umask-opener.js', import.meta.url));
    execFileSync(process.execPath, [script, directory, '022', String(NOBODY), 'theirs'], {
      cwd: folder,
      env: { ...process.env, SESSION_KEY: TEST_SECRET },
    });
    expect(setAside()).toEqual([]);
    const again = openDirectory(directory);
    expect((await again.store.get('theirs'))?.data).toEqual({ user: 'root' });
    expect((await again.store.get('a'))?.data).toEqual({ user: 'Ada' });
  });
});

describe.skipIf(!IS_ROOT)('a record that this user may not read', () => {
  it('is set aside by a process that is not root, and the others are read', async () => {
    const folder = createTempFolder();
    const { directory, store, settled, fileOf, setAside } = openDirectory(join(folder, 'sessions'));
    for (const id of ['unreadable', 'other']) await store.set(id, { user: id });
    await settled();
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
    chmodSync(fileOf('unreadable'), 0o000);
    const calls = JSON.stringify([['get', 'unreadable'], ['get', 'other'], ['length'], ['clear']]);
    const path = fileURLToPath(new URL('../support/processes/session-verbs.js', import.meta.url));
    const printed = execFileSync(process.execPath, [path, directory, calls], {
      cwd: folder,
      env: { ...process.env, XDG_STATE_HOME: join(folder, 'state'), SESSION_KEY: TEST_SECRET },
      uid: NOBODY,
      gid: NOBODY,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual([null, { user: 'other' }, 1, null]);
    expect(setAside()).toEqual([expect.stringContaining('.not-permitted')]);
    expect(await openDirectory(directory).store.length()).toBe(0);
  });
});
