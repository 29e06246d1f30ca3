import { join } from 'node:path';
import type { SessionStorage } from '../../src/session/storage.ts';
import { DirectoryStorage } from '../../src/storage/directory/storage.ts';
import type { SealedFiles } from '../../src/storage/directory/sealed-files.ts';
import { expect, it } from 'vitest';
import { openDirectory } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { describeStorageContract } from './contract.ts';

const HOUR = 60 * 60 * 1000;

describeStorageContract('a directory', async () => {
  const { files } = openDirectory();
  return (namespace) => new DirectoryStorage(files, namespace);
});

describeStorageContract('a directory in which all is in its place before each call', async () => {
  const { files } = openDirectory();
  return (namespace) => afterSettling(new DirectoryStorage(files, namespace), files);
});

describeStorageContract('a directory that two processes have open, turn by turn', async () => {
  const directory = join(createTempFolder(), 'sessions');
  const one = openDirectory(directory).files;
  const two = openDirectory(directory).files;
  return (namespace) =>
    alternating(new DirectoryStorage(one, namespace), new DirectoryStorage(two, namespace));
});

it('gives the largest session that it takes to another process, also when it is stored again', async () => {
  const { directory, storage } = openDirectory();
  for (const letter of ['a', 'b']) {
    const text = letter.repeat(64_000_000);
    expect(storage.set('a', text, HOUR)).toBe(true);
    const found = openDirectory(directory).storage.get('a')?.text;
    expect(found === text, `${letter}, ${found?.length} characters`).toBe(true);
  }
});

/** Has everything synced and in its place before each call. */
function afterSettling(storage: DirectoryStorage, files: SealedFiles): SessionStorage {
  return new Proxy(storage, {
    get: (target, verb: Exclude<keyof SessionStorage, 'isRemote'>) => {
      if (verb === 'entries') return () => target.entries();
      const call = target[verb].bind(target) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        await files.settled();
        return call(...args);
      };
    },
  });
}

/** Sends each call to the other one than the call before. */
function alternating(one: DirectoryStorage, two: DirectoryStorage): SessionStorage {
  let count = 0;
  return new Proxy(one, {
    get: (_, verb: Exclude<keyof SessionStorage, 'isRemote'>) => {
      const target = count++ % 2 === 0 ? one : two;
      return target[verb].bind(target);
    },
  });
}
