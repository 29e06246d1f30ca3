import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { toLinkable } from '../../src/watch/standby/linkable.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const FILES = {
  'pure/package.json': '{ "type": "module", "exports": "./index.js" }',
  'pure/index.js': "export * from './a.js'; import 'node:fs'; import fs from 'fs';",
  'pure/a.js': "import './b.js'; import('mixed');",
  'pure/b.js': "import './a.js'; // a circle",
  'mixed/package.json': '{ "type": "module", "exports": "./index.js" }',
  'mixed/index.js': "import './turn.js'; export { a } from 'pure';",
  'mixed/turn.js': "import './index.js'; import old from 'old';",
  'mixed/above.js': "import './index.js';",
  'mixed/http.js': "import 'node:http';",
  'mixed/loud.js': "import 'punycode';",
  'mixed/json.js': "import data from './data.json' with { type: 'json' };",
  'old/package.json': '{}',
  'old/index.js': 'module.exports = 1;',
  'broken/index.mjs': 'import {',
};

it('is what leads to nothing that shows, in the order of what was loaded', () => {
  const root = createTempFolder();
  const toUrl = (name: string): string => pathToFileURL(join(root, 'node_modules', name)).href;
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(root, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const modules = Object.keys(FILES).filter(
    (name) => name.endsWith('js') && !name.startsWith('old'),
  );
  const gone = toUrl('pure/gone.js');
  expect(toLinkable([...modules.map(toUrl), gone])).toEqual(
    ['pure/index.js', 'pure/a.js', 'pure/b.js'].map(toUrl),
  );
});
