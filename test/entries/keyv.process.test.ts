import {
  keyvApiTests,
  keyvIteratorTests,
  keyvNamespaceTest,
  keyvValueTests,
} from '@keyv/test-suite';
import { Keyv } from 'keyv';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as test from 'vitest';
import { SessionDirectory } from '../../src/keyv.ts';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';
import { removeFolder } from '../support/temp-folder.ts';

const { afterAll, beforeAll, describe, expect, it } = test;

describe("Keyv's own suite over the session directory", () => {
  const before = process.env.XDG_STATE_HOME;
  const folder = mkdtempSync(join(tmpdir(), 'holdover-test-'));
  beforeAll(() => void (process.env.XDG_STATE_HOME = join(folder, 'state')));
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    removeFolder(folder);
  });

  const openAdapter = () => new SessionDirectory({ directory: join(folder, 'sessions') });
  for (const suite of [keyvApiTests, keyvValueTests, keyvNamespaceTest, keyvIteratorTests]) {
    describe(suite.name, () => suite(test, Keyv, openAdapter));
  }
});

/** As it would be with keyv-file, but for the import and the adapter. */
const PROGRAM = `
  import { Keyv } from 'keyv';
  import { SessionDirectory } from 'holdover/keyv';
  const carts = new Keyv(new SessionDirectory({ directory: 'data' }), { namespace: 'carts' });
  const users = new Keyv({ store: new SessionDirectory({ directory: 'data' }), namespace: 'users' });
  const raw = new Keyv(new SessionDirectory({ directory: 'data' }), { namespace: 'raw', serialize: undefined, deserialize: undefined });
  if (process.argv[2]) {
    await carts.set('ada', { tea: 2, at: null });
    await users.set('ada', 'Lovelace', 100_000);
    await users.set('short', 'x', 1);
    await raw.set('list', [1, { two: '2' }]);
    await raw.delete('none');
    process.kill(process.pid, 'SIGKILL');
  }
  const all = [];
  for await (const entry of carts.iterator()) all.push(entry);
  console.log(JSON.stringify([
    await carts.get('ada'), await users.get('ada'), await users.get('short'), await raw.get('list'), all,
    await carts.has('ada'), await carts.delete('ada'), await carts.delete('ada'), await carts.get('ada') ?? null, await users.get('ada'),
  ]));
`;

it('keeps what a Keyv program has stored when that is killed', async () => {
  const app = await createApp();
  linkPackage(app, 'keyv');
  app.write('package.json', '{ "name": "keyv-program", "type": "module" }');
  app.write('program.js', PROGRAM);
  await expect(runScript(app, ['program.js', 'store'])).rejects.toThrow();
  const { stdout } = await runScript(app, ['program.js']);
  expect(JSON.parse(stdout)).toEqual([
    { tea: 2, at: null },
    'Lovelace',
    null,
    [1, { two: '2' }],
    [['ada', { tea: 2, at: null }]],
    true,
    true,
    false,
    null,
    'Lovelace',
  ]);
  expect(existsSync(join(app.folder, 'data', '.gitignore'))).toBe(true);
});
