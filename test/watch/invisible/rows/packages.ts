import type { Rows } from '../project.ts';

/** What packages are for each other, and what they leave behind. */
export const packages: Rows = {
  'symbols, maps and classes': {
    code: `import kinds, { Base } from 'kinds'; import user from 'kinds-user';
export default [
  user.symbol === kinds.symbol, user.made instanceof Base, kinds.seen.get(kinds.symbol), require('kinds') === kinds,
  kinds.own.Array === Array, kinds.own.Promise === Promise, kinds.own.process === process, kinds.own.Error === Error,
  kinds.own.setTimeout === setTimeout, kinds.map instanceof Map, kinds.failed instanceof Error,
];`,
    files: {
      'node_modules/kinds/index.js': `exports.symbol = Symbol('own'); exports.seen = new Map(); exports.map = new Map();
exports.Base = class Base {}; exports.own = { Array, Promise, process, Error, setTimeout };
try { null.fails } catch (error) { exports.failed = error; }`,
      'node_modules/kinds-user/index.js': `const { symbol, seen, Base } = require('kinds');
seen.set(symbol, 'seen'); exports.symbol = symbol; exports.made = new (class extends Base {})();`,
    },
  },
  'a WeakMap of one package, changed by another': {
    code: `import base from 'weak-base'; import 'weak-user'; export default [base.of.get(base.key), base.all.has(base.key)];`,
    files: {
      'node_modules/weak-base/index.js': `exports.of = new WeakMap(); exports.all = new WeakSet(); exports.key = {};`,
      'node_modules/weak-user/index.js': `const { of, all, key } = require('weak-base'); of.set(key, 'changed'); all.add(key);`,
    },
  },
  'a registry of what was collected': {
    code: `import { setFlagsFromString } from 'node:v8'; import { runInNewContext } from 'node:vm'; import { state } from 'registers';
const turn = () => new Promise((done) => setImmediate(done));
export default async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let i = 0; i < 50 && !state.isCollected; i++) { collect(); await turn(); }
  return [state.isCollected, state.ref.deref() === undefined];
};`,
    files: {
      'node_modules/registers/index.js': `const state = { isCollected: false };
state.registry = new FinalizationRegistry(() => { state.isCollected = true; });
state.ref = (() => { const made = { big: new Array(1000).fill(1) }; state.registry.register(made, 1); return new WeakRef(made); })();
exports.state = state;`,
    },
  },
  'a peer, and an optional one that is not there': {
    code: `import host from 'host'; import plugin from 'plugin'; export default [plugin.host === host, host.plugins, plugin.optional];`,
    files: {
      'node_modules/host/index.js': `exports.plugins = [];`,
      'node_modules/plugin/package.json': `{ "name": "plugin", "peerDependencies": { "host": "*" } }`,
      'node_modules/plugin/index.js': `const host = require('host'); host.plugins.push('plugin'); exports.host = host;
try { require('plugin-optional'); } catch (error) { exports.optional = [error.code, error.requireStack]; }`,
    },
  },
  'a dual package': {
    code: `import dual from 'dual'; import { count } from 'dual-count';
export default () => [dual, require('dual'), require('dual') === dual, count];`,
    files: {
      'node_modules/dual/package.json': `{ "name": "dual", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }`,
      'node_modules/dual/index.mjs': `import counter from 'dual-count'; counter.count.push('ESM'); export default { kind: 'ESM' };`,
      'node_modules/dual/index.cjs': `require('dual-count').count.push('CommonJS'); module.exports = { kind: 'CommonJS' };`,
      'node_modules/dual-count/index.js': `exports.count = [];`,
    },
  },
  'an ES module that is required': {
    code: `import { order } from 'esm-order';
const attempt = (make) => { try { return make(); } catch (error) { return error.code; } };
export default async () => [
  attempt(() => Object.keys(require('only-esm'))), order, attempt(() => require('only-esm').default === require('only-esm').default),
  Object.keys(await import('only-esm')), order, attempt(() => require('awaits')),
];`,
    files: {
      'node_modules/only-esm/package.json': `{ "name": "only-esm", "type": "module", "exports": "./index.js" }`,
      'node_modules/only-esm/index.js': `import { order } from 'esm-order'; import './part.js'; order.push('index'); export const one = 1; export default {};`,
      'node_modules/only-esm/part.js': `import { order } from 'esm-order'; order.push('part');`,
      'node_modules/esm-order/index.js': `exports.order = [];`,
      'node_modules/awaits/package.json': `{ "name": "awaits", "type": "module", "exports": "./index.js" }`,
      'node_modules/awaits/index.js': `await 0;`,
    },
  },
  'JSON and an addon': {
    code: `import data from 'has-data'; import { transform } from 'lightningcss';
const { code } = transform({ filename: 'a.css', code: Buffer.from('a { color: #ff0000 }'), minify: true });
export default [data, require('has-data/data.json') === data.data, require('../own.json'), code.toString()];`,
    packages: ['lightningcss'],
    files: {
      'own.json': `{ "own": true }`,
      'node_modules/has-data/index.js': `exports.data = require('./data.json'); exports.data.changed = true;`,
      'node_modules/has-data/data.json': `{ "value": 1 }`,
    },
  },
  'a linked workspace': {
    code: `import workspace from '@rows/workspace'; import esm from '@rows/workspace-esm'; export default [workspace, esm];`,
    links: {
      'node_modules/@rows/workspace': 'packages/workspace',
      'node_modules/@rows/workspace-esm': 'packages/workspace-esm',
    },
    files: {
      'packages/workspace/package.json': `{ "name": "@rows/workspace", "main": "index.cjs" }`,
      'packages/workspace/index.cjs': `exports.file = __filename; exports.part = require('./part.cjs');`,
      'packages/workspace/part.cjs': `exports.parent = module.parent.filename;`,
      'packages/workspace-esm/package.json': `{ "name": "@rows/workspace-esm", "exports": "./index.cjs" }`,
      'packages/workspace-esm/index.cjs': `module.exports = require('@rows/workspace').file;`,
    },
  },
  'packages in a circle': {
    code: `import b from 'circle/b.js'; import index from 'circle'; export default [b.saw, Object.keys(index), index.b === b];`,
    files: {
      'node_modules/circle/index.js': `exports.early = 1; exports.b = require('./b'); exports.late = 2;`,
      'node_modules/circle/b.js': `exports.saw = Object.keys(require('./index'));`,
    },
  },
  'a package that patches what all use': {
    code: `import before from 'patched-before'; import 'patches'; import after from 'patched-after';
const seen = [before, after, [].patchedByPackage];
delete Array.prototype.patchedByPackage;
export default seen;`,
    files: {
      'node_modules/patches/index.js': `Object.defineProperty(Array.prototype, 'patchedByPackage', { value: 1, configurable: true });
require('http').Server.prototype.patchedByPackage = 1; require('util').patchedByPackage = 1;`,
      'node_modules/patched-before/index.js': `exports.seen = [[].patchedByPackage, require('util').patchedByPackage];`,
      'node_modules/patched-after/index.js': `exports.seen = [[].patchedByPackage, require('util').patchedByPackage,
  require('http').Server.prototype.patchedByPackage];`,
    },
  },
  'a context that was entered at load': {
    code: `import { storage } from 'enters'; const atLoad = storage.getStore();
export default () => [atLoad ?? null, storage.getStore() ?? null];`,
    files: {
      'node_modules/enters/index.js': `const { AsyncLocalStorage } = require('async_hooks');
exports.storage = new AsyncLocalStorage(); exports.storage.enterWith('entered');`,
    },
  },
  'timers and promises that wait': {
    code: `import waits from 'waits'; waits.sync.push('app');
export default async () => { await waits.all; return [waits.sync, waits.ticks, waits.promises, waits.timers]; };`,
    files: {
      'node_modules/waits/index.js': `const [sync, ticks, promises, timers] = [['package'], [], [], []];
for (const n of [1, 2]) process.nextTick(() => ticks.push(n, sync.length));
for (const n of [1, 2]) Promise.resolve().then(() => promises.push(n, sync.length));
for (const n of [1, 2]) setTimeout(() => timers.push(n, sync.length), 5);
const all = Promise.all([new Promise((done) => setTimeout(done, 10)), new Promise((done) => setImmediate(done))]);
module.exports = { sync, ticks, promises, timers, all };`,
    },
  },
};
