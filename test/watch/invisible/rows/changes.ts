import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { link, type Kind, type Project, type Row } from '../project.ts';

/** What may change on disk while the standby waits, and counts in the next run. */
export interface Change extends Row {
  change: (project: Project) => void;
  /** Apps to which it matters: Node, or tsx in front of it, decides what is loaded. */
  kinds: Kind[];
}

const BOTH: Kind[] = ['CommonJS', 'TypeScript'];

export const changes: Record<string, Change> = {
  'the text of a package': {
    kinds: BOTH,
    code: `import edited from 'edited'; export default edited.text;`,
    files: {
      'node_modules/edited/index.js': `exports.text = require('./lib/part').text;`,
      'node_modules/edited/lib/part.js': `exports.text = 'before';`,
    },
    change: ({ app }) => app.write('node_modules/edited/lib/part.js', `exports.text = 'after!';`),
  },
  'the text of an ES module': {
    kinds: BOTH,
    code: `export default async () => (await import('edited-esm')).text;`,
    files: {
      'node_modules/edited-esm/package.json': `{ "name": "edited-esm", "exports": "./index.mjs" }`,
      'node_modules/edited-esm/index.mjs': `export { text } from './part.mjs';`,
      'node_modules/edited-esm/part.mjs': `export const text = 'before';`,
    },
    change: ({ app }) =>
      app.write('node_modules/edited-esm/part.mjs', `export const text = 'after!';`),
  },
  'JSON of a package': {
    kinds: ['CommonJS'],
    code: `import { value } from 'edited-json'; export default value;`,
    files: {
      'node_modules/edited-json/index.js': `exports.value = require('./data.json').value;`,
      'node_modules/edited-json/data.json': `{ "value": 1 }`,
    },
    change: ({ app }) => app.write('node_modules/edited-json/data.json', `{ "value": 2 }`),
  },
  'the exports in a package.json': {
    kinds: BOTH,
    code: `import { file } from 'exporting'; export default [file, require('exporting').file];`,
    files: {
      'node_modules/exporting/package.json': `{ "name": "exporting", "exports": "./one.js" }`,
      'node_modules/exporting/one.js': `exports.file = 'one';`,
      'node_modules/exporting/two.js': `exports.file = 'two';`,
    },
    change: ({ app }) =>
      app.write(
        'node_modules/exporting/package.json',
        `{ "name": "exporting", "exports": "./two.js" }`,
      ),
  },
  'a package nearer to a file of the app': {
    kinds: BOTH,
    code: `import { where } from 'near'; export default [where, require('near').where];`,
    files: { 'node_modules/near/index.js': `exports.where = 'far';` },
    change: ({ app }) => app.write('rows/node_modules/near/index.js', `exports.where = 'near';`),
  },
  'a package nearer to another': {
    kinds: ['CommonJS'],
    code: `import { where } from 'has-near'; export default where;`,
    files: {
      'node_modules/has-near/index.js': `exports.where = require('near-of-package').where;`,
      'node_modules/near-of-package/index.js': `exports.where = 'far';`,
    },
    change: ({ app }) =>
      app.write(
        'node_modules/has-near/node_modules/near-of-package/index.js',
        `exports.where = 'near';`,
      ),
  },
  'a file of the app in front of a folder': {
    kinds: ['CommonJS'],
    code: `export default () => require('../beside/x').which;`,
    files: {
      'beside/x/index.cjs': `exports.which = 'folder';`,
      'beside/x/package.json': `{ "main": "index.cjs" }`,
    },
    change: ({ app }) => {
      app.write('beside/package.json', `{ "type": "commonjs" }`);
      app.write('beside/x.js', `exports.which = 'file';`);
    },
  },
  'a file of a package in front of a folder': {
    kinds: ['CommonJS'],
    code: `import { which } from 'beside'; export default which;`,
    files: {
      'node_modules/beside/index.js': `exports.which = require('./x').which;`,
      'node_modules/beside/x/index.js': `exports.which = 'folder';`,
    },
    change: ({ app }) => app.write('node_modules/beside/x.js', `exports.which = 'file';`),
  },
  'an optional package that is installed': {
    kinds: ['CommonJS'],
    code: `import { found } from 'wants-optional'; export default found;`,
    files: {
      'node_modules/wants-optional/index.js': `try { exports.found = require('optional').name; } catch ({ code }) { exports.found = code; }`,
    },
    change: ({ app }) => app.write('node_modules/optional/index.js', `exports.name = 'optional';`),
  },
  'a file of a package that is deleted': {
    kinds: ['CommonJS'],
    code: `import { found } from 'has-optional-file'; export default found;`,
    files: {
      'node_modules/has-optional-file/index.js': `try { exports.found = require('./file').name; } catch ({ code }) { exports.found = code; }`,
      'node_modules/has-optional-file/file.js': `exports.name = 'file';`,
    },
    change: ({ app }) => rmSync(join(app.folder, 'node_modules/has-optional-file/file.js')),
  },
  'a linked package': {
    kinds: BOTH,
    code: `import { which } from 'linked'; export default which;`,
    links: { 'node_modules/linked': 'packages/one' },
    files: {
      'packages/one/index.cjs': `exports.which = 'one';`,
      'packages/one/package.json': `{ "name": "linked", "main": "index.cjs" }`,
      'packages/two/index.cjs': `exports.which = 'two';`,
      'packages/two/package.json': `{ "name": "linked", "main": "index.cjs" }`,
    },
    change: ({ app }) => {
      rmSync(join(app.folder, 'node_modules/linked'));
      link(app, 'node_modules/linked', 'packages/two');
    },
  },
  'a file of a linked package': {
    kinds: ['CommonJS'],
    code: `import { text } from 'workspace'; export default text;`,
    links: { 'node_modules/workspace': 'packages/workspace' },
    files: {
      'packages/workspace/index.cjs': `exports.text = require('./part.cjs').text;`,
      'packages/workspace/part.cjs': `exports.text = 'before';`,
      'packages/workspace/package.json': `{ "name": "workspace", "main": "index.cjs" }`,
    },
    change: ({ app }) => app.write('packages/workspace/part.cjs', `exports.text = 'after!';`),
  },
  'a file of TypeScript in front of one of JavaScript': {
    kinds: ['TypeScript'],
    code: `import { which } from '../front/x.mjs'; export default which;`,
    files: { 'front/x.mjs': `export const which = 'JavaScript';` },
    change: ({ app }) => app.write('front/x.mts', `export const which: string = 'TypeScript';`),
  },
  'a package that is no longer imported': {
    kinds: BOTH,
    code: `import '../imports/some.js';
export default () => Object.keys(require.cache).filter((file) => /node_modules.(no-longer|only-now)/.test(file)).sort();`,
    files: {
      'imports/some.js': `import 'no-longer'; export default 1;`,
      'node_modules/no-longer/index.js': `module.exports = require('./part');`,
      'node_modules/no-longer/part.js': `exports.value = 1;`,
      'node_modules/only-now/index.js': `exports.value = 2;`,
    },
    change: (project) => project.write('imports/some.js', `import 'only-now'; export default 2;`),
  },
};
