import { Keyv } from 'keyv';
import { KeyvFile } from 'keyv-file';
import {
  keyvApiTests,
  keyvIteratorTests,
  keyvNamespaceTest,
  keyvValueTests,
} from '@keyv/test-suite';
import { join } from 'node:path';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as test from 'vitest';
import { SessionDirectoryAdapter } from '../../src/storage/adapter.ts';
import { toLayout } from '../../src/storage/paths.ts';
import { prepareDirectory } from '../../src/storage/prepare.ts';
import { SealedFiles } from '../../src/storage/sealed-files.ts';
import { openDirectory, TEST_KEY } from '../support/session-directory.ts';
import { createTempFolder, removeFolder } from '../support/temp-folder.ts';
import { poll } from '../support/poll.ts';

const { afterAll, describe, expect, it } = test;

const HOUR = 60 * 60 * 1000;

describe("Keyv's own suite", () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdover-test-'));
  afterAll(() => removeFolder(folder));

  const openAdapter = () => {
    const layout = toLayout(join(folder, 'sessions'));
    prepareDirectory(layout);
    return new SessionDirectoryAdapter(new SealedFiles(layout, TEST_KEY, expect.fail));
  };
  for (const suite of [keyvApiTests, keyvValueTests, keyvNamespaceTest, keyvIteratorTests]) {
    describe(suite.name, () => suite(test, Keyv, openAdapter));
  }
});

describe('the seam in keyv-file', () => {
  type Seam = Record<string, (...args: never[]) => unknown>;

  it('is a helper object with the verbs that are replaced', () => {
    const shipped = new KeyvFile({ filename: join(createTempFolder(), 'kv'), separatedFile: true });
    const seam = (shipped as unknown as { _separated: Seam })._separated;
    for (const verb of ['get', 'getSync', 'set', 'delete', 'clear', 'clearExpire']) {
      expect(seam[verb]).toBeTypeOf('function');
    }
    // All that stands there: a new verb would go past the sealed files.
    const prototype = Object.getPrototypeOf(seam) as object;
    expect(Object.getOwnPropertyNames(prototype).sort()).toEqual(
      [
        '_getKey',
        '_lastExpireFile',
        'clear',
        'clearExpire',
        'constructor',
        'delete',
        'get',
        'getLastExpire',
        'getSync',
        'keys',
        'lockFile',
        'set',
        'setLastExpire',
      ].sort(),
    );
    expect((shipped as unknown as Seam).clearExpire).toBeTypeOf('function');
  });

  it('is what all bytes go through', async () => {
    const calls: string[] = [];
    const shipped = new KeyvFile({ filename: join(createTempFolder(), 'kv'), separatedFile: true });
    (shipped as unknown as { _lastExpire: number })._lastExpire = Date.now();
    (shipped as unknown as { _separated: object })._separated = new Proxy(
      {},
      {
        get: (_, verb: string) => () => {
          calls.push(verb);
          return verb === 'delete' ? true : undefined;
        },
      },
    );
    await shipped.set('a', 1, 1000);
    await shipped.get('a');
    shipped.getSync('a');
    await shipped.has('a');
    await shipped.delete('a');
    await shipped.clear();
    (shipped as unknown as Seam).clearExpire!();
    expect(calls).toEqual(['set', 'get', 'getSync', 'get', 'delete', 'clear', 'clearExpire']);
  });

  it('passes the value and its expiry to set, and takes them back from get', async () => {
    const { storage, files, store } = openDirectory();
    await store.set('a', { secret: 'tea' }, 60_000);
    const names = readdirSync(files.layout.staged);
    expect(names).toHaveLength(1);
    expect(files.read(names[0]!)).toMatchObject({
      key: 'a',
      value: { value: expect.stringContaining('tea') as string },
      expires: (await storage.get('a'))?.expires,
    });
  });

  it('sweeps expired files, and only those, when a sweep is due', async () => {
    const { storage, files } = openDirectory();
    await storage.set('short', 'x', 1);
    await storage.set('long', 'x', 9 * HOUR);
    await storage.set('gone', 'x', 9 * HOUR);
    await storage.retire('gone', 1);
    await files.settled();
    test.vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * HOUR });
    test.onTestFinished(() => void test.vi.useRealTimers());
    new SessionDirectoryAdapter(files).sweepIfDue();
    const records = () => readdirSync(files.layout.directory).filter((name) => name.length === 64);
    await poll(() => records().length === 1);
    expect(await storage.count()).toBe(1);
    expect(existsSync(join(files.layout.directory, '.lastExpire'))).toBe(true);
  });
});
