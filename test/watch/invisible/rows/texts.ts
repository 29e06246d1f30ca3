import type { Rows } from '../project.ts';
import { FRAMES } from './stacks.ts';

/** How files are read and compiled, whatever is in them. */
export const texts: Rows = {
  'texts that are not like others': {
    code: `import texts from 'texts'; export default texts;`,
    files: {
      'node_modules/texts/index.js': `const names = ['hashbang', 'mark', 'returns', 'strict', 'sloppy', 'html', 'lines', 'named.cjs', 'other.txt', 'none'];
module.exports = names.map((name) => require('./' + name));
module.exports.push(require('./shown').shown.toString(), require('./shown').all);`,
      'node_modules/texts/hashbang.js': `#!/usr/bin/env node\nmodule.exports = 'hashbang';`,
      'node_modules/texts/mark.js': `\uFEFFmodule.exports = 'byte order mark';`,
      'node_modules/texts/returns.js': `module.exports = 'returned'; return; module.exports = 'went on';`,
      'node_modules/texts/strict.js': `'use strict'; module.exports = (function () { return this === undefined; })();`,
      'node_modules/texts/sloppy.js': `var await = 1; with ({ found: 'by with' }) { module.exports = [found, (function () { return this === globalThis; })()]; }`,
      'node_modules/texts/html.js': `module.exports = 1 <!-- a comment\n--> another`,
      'node_modules/texts/lines.js': `module.exports = \`one\r\ntwo\u2028three\`;\r\n`,
      'node_modules/texts/named.cjs': `module.exports = __filename.slice(-9);`,
      'node_modules/texts/other.txt': `module.exports = 'JavaScript in a text file';`,
      'node_modules/texts/none': `module.exports = 'no extension';`,
      'node_modules/texts/shown.js': `exports.shown = function shown(a, /* b */ c) { return a; }
exports.all = [arguments.callee.name, arguments.callee.length, arguments.callee.toString()];`,
    },
  },
  'ways to ask for a file': {
    code: `import asks from 'asks'; export default asks;`,
    files: {
      'node_modules/asks/package.json': `{ "name": "asks", "main": "./lib", "imports": { "#own": "./lib/own.js" } }`,
      'node_modules/asks/lib/index.js': `const asked = ['./own', './own.js', './folder', './folder/', '.', '..', './main-without-extension', '#own', 'asks', 'asks/lib/own', 'node:path'];
const ask = (request) => { try { return [request, require.resolve(request), typeof require(request)]; } catch ({ code }) { return [request, code]; } };
module.exports = asked.map(ask);
module.exports.push(require('fs') === require('node:fs'), require('./own') === require('./own.js'), module.require('./own'));`,
      'node_modules/asks/lib/own.js': `module.exports = 'own';`,
      'node_modules/asks/lib/folder/index.json': `{ "folder": true }`,
      'node_modules/asks/lib/main-without-extension/package.json': `{ "main": "start" }`,
      'node_modules/asks/lib/main-without-extension/start.js': `module.exports = 'start';`,
    },
  },
  'resolving for somebody else': {
    code: `import resolves from 'resolves'; export default resolves;`,
    files: {
      'node_modules/resolves/index.js': `const Module = require('module'); const path = require('path');
const found = require('resolved').where;
const folder = path.join(__dirname, 'elsewhere');
const paths = [path.join(folder, 'node_modules')];
module.exports = [
  found,
  require.resolve('resolved'),
  require.resolve('resolved', { paths: [folder] }),
  Module._resolveFilename('resolved', { id: __filename, filename: __filename, paths }),
  Module._resolveFilename('resolved', module, false, { paths: [folder] }),
  Module.createRequire(path.join(folder, 'x.js'))('resolved').where,
];
module.paths.unshift(...paths);
module.exports.push(require('resolved-by-path').where, require.resolve.paths('resolved')[0]);`,
      'node_modules/resolves/elsewhere/node_modules/resolved/index.js': `exports.where = 'elsewhere';`,
      'node_modules/resolves/elsewhere/node_modules/resolved-by-path/index.js': `exports.where = 'elsewhere';`,
      'node_modules/resolved/index.js': `exports.where = 'here';`,
      'node_modules/resolved-by-path/index.js': `exports.where = 'here';`,
    },
  },
  'import() in CommonJS': {
    code: `import imports from 'imports'; export default () => imports.all();`,
    files: {
      'node_modules/imports/index.js': `const warned = []; process.on('warning', ({ name }) => warned.push(name));
const name = 'imported';
const ways = {
  written: () => import('imported'), relative: () => import('./part.mjs'), computed: () => import(name),
  evaluated: () => (0, eval)('im' + 'port("imported")'), direct: () => eval('im' + 'port("./part.mjs")'),
  made: () => new Function('name', 'return im' + 'port(name)')('imported'), builtin: () => import('node:path'),
};
const attempt = async ([way, run]) => { try { return [way, Object.keys(await run()).length]; } catch ({ code, message }) { return [way, code, message]; } };
exports.all = async () => { const all = []; for (const way of Object.entries(ways)) all.push(await attempt(way)); return [all, warned]; };`,
      'node_modules/imports/part.mjs': `export const part = 1;`,
      'node_modules/imported/index.js': `exports.one = 1; exports.two = 2;`,
    },
  },
  'ES modules: their order, circles and what they know of themselves': {
    code: `export default async () => {
  const { order, metas, cycle, late } = await import('esm-graph');
  return [order, metas, cycle(), late(), (await import('esm-graph')).order === order];
};`,
    files: {
      'node_modules/esm-graph/package.json': `{ "name": "esm-graph", "type": "module", "exports": "./index.js" }`,
      'node_modules/esm-graph/index.js': `import './first.js'; import { note, order } from './order.js'; import './waits.js'; import './last.js';
import { value, ask } from './circle.js';
note('index');
export { order, value }; export const metas = Object.entries(import.meta).map(([key, value]) => [key, typeof value === 'function' ? value('./first.js') : value]);
export const cycle = () => ask(); export const late = () => value; export let own = 'index'; own = 'changed';`,
      'node_modules/esm-graph/order.js': `export const order = []; export const note = (name) => order.push(name);`,
      'node_modules/esm-graph/first.js': `import { note } from './order.js'; note('first');`,
      'node_modules/esm-graph/waits.js': `import { note } from './order.js'; note('waits'); await null; note('waited');`,
      'node_modules/esm-graph/last.js': `import { note } from './order.js'; note('last');`,
      'node_modules/esm-graph/circle.js': `import { note } from './order.js'; import * as index from './index.js'; note('circle');
export let value = 1; setImmediate(() => { value = 2; }); export const ask = () => [Object.keys(index), index.own];`,
    },
  },
  'ES modules that cannot be loaded': {
    code: `import { lines } from 'stack-frames';
const attempt = async (name) => { try { await import(name); } catch (error) { return [name, error.name, error.code, lines(error.stack)]; } };
export default async () => {
  const all = [];
  for (const file of ['no-export', 'broken', 'not-there', 'throws', 'throws']) all.push(await attempt('unloadable/' + file + '.mjs'));
  return all;
};`,
    files: {
      'node_modules/stack-frames/index.js': FRAMES,
      'node_modules/unloadable/no-export.mjs': `import { none } from './fine.mjs';\nnone();`,
      'node_modules/unloadable/fine.mjs': `export const fine = 1;`,
      'node_modules/unloadable/broken.mjs': `\nexport const is not = JavaScript;`,
      'node_modules/unloadable/not-there.mjs': `import './none.mjs';`,
      'node_modules/unloadable/throws.mjs': `globalThis.thrown ??= 0;\n\nthrow new Error('thrown ' + ++globalThis.thrown);`,
    },
  },
  'an extension that the app brings': {
    code: `const { readFileSync } = require('node:fs');
require.extensions['.yaml'] = (module, file) => { module.exports = [readFileSync(file, 'utf8'), module.children.length]; };
export default () => { const read = require('has-yaml'); delete require.extensions['.yaml']; return read; };`,
    files: {
      'node_modules/has-yaml/index.js': `module.exports = [require('./data'), Object.keys(require.extensions)];`,
      'node_modules/has-yaml/data.yaml': `a: 1\n`,
    },
  },
};
