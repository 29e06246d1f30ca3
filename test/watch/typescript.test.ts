import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findRunner, type Runner } from '../../src/watch/standby/runner.ts';
import { createTempFolder } from '../support/temp-folder.ts';

it('is run by tsx where that is needed, and by nothing else otherwise', () => {
  const folder = createTempFolder();
  const tsx = join(folder, 'node_modules/tsx/index.js');
  const files = {
    'node_modules/tsx/index.js': '',
    'node_modules/tsx/package.json': '{ "name": "tsx", "version": "4.0.0" }',
    'plain.js': "import './lib/a.js'; // and not './lib/c'\nconst b = require('./lib/b');",
    'leads.js': "export * from './lib/d.js';",
    'lib/a.js': "import('./b'); import data from './data.json'; import 'typescript';",
    'lib/b.js': "require('../plain'); import './none.js';",
    'lib/b.ts': '',
    'lib/d.js': "import { e } from '.';",
    'lib/index.js': "const f = require('./f.js');",
    'lib/f.ts': '',
    'lib/data.json': '{}',
    'server.ts': '',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const find = (name: string, flags = '', needsTsx = false): Runner =>
    findRunner({ entry: join(folder, name), nodeFlags: flags.split(' '), needsTsx });
  const nothing = { tsx: undefined, isStripped: false };
  const byTsx = { tsx, isStripped: false };

  expect(find('server.ts')).toEqual(byTsx);
  expect(find('leads.js')).toEqual(byTsx);
  expect(find('plain.js')).toEqual(nothing);
  expect(find('plain.js', '', true)).toEqual(byTsx);
  writeFileSync(join(folder, 'lib/c.ts'), '');
  writeFileSync(join(folder, 'lib/none.ts'), '');
  expect(find('plain.js')).toEqual(byTsx);

  // Who brings something else for it has that, and only that.
  for (const flags of ['-r ts-node/register', '--import=@swc-node/register/esm-register'])
    for (const name of ['server.ts', 'leads.js']) expect(find(name, flags)).toEqual(nothing);
  expect(find('leads.js', '--import tsx')).toEqual(nothing);
  for (const flags of ['--import ./swc/first.js', '--env-file jiti', '--title=ts-node'])
    expect(find('server.ts', flags)).toEqual(byTsx);
});
