import type { Row, Rows } from '../project.ts';

/**
 * What an app has replaced before it loads more: packages find the replacement, and the replacement sees
 * what it sees in plain Node. Each row puts back what was there before.
 */
export const patches: Rows = {
  'fs.promises.readFile': toValueRow('fs-promises', {
    replace: `const fs = require('node:fs'); const { readFile } = fs.promises;
  const mine = fs.promises.readFile = async () => 'mocked'; const back = () => { fs.promises.readFile = readFile; };`,
    capture: `const { readFile } = require('fs').promises; exports.captured = readFile;`,
  }),
  'process.stdout.write': toValueRow('stdout', {
    replace: `const { write } = process.stdout; const mine = process.stdout.write = () => true;
  const back = () => { process.stdout.write = write; };`,
    capture: `exports.captured = process.stdout.write;`,
  }),
  'globalThis.process': toValueRow('process', {
    replace: `const { process: own } = globalThis; const mine = globalThis.process = new Proxy(own, {});
  const back = () => { globalThis.process = own; };`,
    capture: `exports.captured = process; exports.same = globalThis.process === process;`,
  }),
  'globalThis.Buffer, performance and fetch': toValueRow('globals', {
    replace: `const { Buffer: own, performance: ownPerformance, fetch: ownFetch } = globalThis;
  const mine = globalThis.Buffer = class extends own {}; globalThis.performance = { now: () => 'mocked' }; globalThis.fetch = () => 'mocked';
  const back = () => { globalThis.Buffer = own; globalThis.performance = ownPerformance; globalThis.fetch = ownFetch; };`,
    capture: `exports.captured = Buffer; exports.same = [performance.now(), fetch()];`,
  }),
  'Math.random, Date and setTimeout': toValueRow('clock', {
    replace: `const { random } = Math; const { Date: OwnDate, setTimeout: own } = globalThis;
  const mine = Math.random = () => 4; globalThis.Date = class extends OwnDate { static now() { return 42; } };
  globalThis.setTimeout = () => 'mocked';
  const back = () => { Math.random = random; globalThis.Date = OwnDate; globalThis.setTimeout = own; };`,
    capture: `exports.captured = Math.random; exports.same = [Math.random(), Date.now(), setTimeout(() => {}, 1)];`,
  }),
  'a method of http': toValueRow('http', {
    replace: `const http = require('node:http'); const { createServer } = http;
  const mine = http.createServer = () => 'mocked'; const back = () => { http.createServer = createServer; };`,
    capture: `const { createServer } = require('http'); exports.captured = createServer;`,
  }),
  'a prototype of the language': toValueRow('prototype', {
    replace: `const mine = Array.prototype.mine = () => 'mine'; const back = () => { delete Array.prototype.mine; };`,
    capture: `exports.captured = [].mine; exports.same = Object.keys(Array.prototype);`,
  }),
  'the working folder': toValueRow('folder', {
    replace: `const own = process.cwd(); process.chdir('/'); const mine = '/'; const back = () => process.chdir(own);`,
    capture: `exports.captured = process.cwd(); exports.same = require('path').resolve('x');`,
  }),
  'what is in the cache of modules': toValueRow('cache', {
    replace: `const file = require.resolve('patched-cache').replace('index.js', 'part.js'); const mine = { mocked: true };
  require.cache[file] = { id: file, filename: file, loaded: true, exports: mine, children: [] };
  const back = () => { delete require.cache[file]; };`,
    capture: `exports.captured = require('./part');`,
  }),
  'Module._load': toCallsRow(
    'load',
    `Module._load`,
    `(request, parent) => [request, parent?.filename]`,
  ),
  'Module._resolveFilename': toCallsRow(
    'resolve',
    `Module._resolveFilename`,
    `(request, parent, isMain) => [request, parent?.filename, isMain]`,
  ),
  'Module.prototype.require': toCallsRow(
    'require',
    `Module.prototype.require`,
    `(self, request) => [self.filename, request]`,
  ),
  'Module.prototype.load': toCallsRow(
    'prototype-load',
    `Module.prototype.load`,
    `(self, file) => [self.id, file]`,
  ),
  'Module.prototype._compile': toCallsRow(
    'compile',
    `Module.prototype._compile`,
    `(self, text, file) => [self.id, file, text]`,
  ),
  "Module._extensions['.js']": toCallsRow(
    'js',
    `Module._extensions['.js']`,
    `(module, file) => [module.id, file, module.loaded]`,
  ),
  "Module._extensions['.json']": toCallsRow(
    'json',
    `Module._extensions['.json']`,
    `(module, file) => [module.id, file, module.loaded]`,
  ),
  'fs.readFileSync': toCallsRow('read', `require('node:fs').readFileSync`, `(file) => [file]`),
  'the text that is compiled': {
    code: load(
      'compiled',
      `const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, file, ...rest) {
    return compile.call(this, text.replaceAll('PLACE', 'replaced'), file, ...rest);
  };
  const back = () => { Module.prototype._compile = compile; };`,
      `[required.text, imported.text, required.part.text]`,
    ),
    files: toPackages('compiled', `exports.text = 'PLACE'; exports.part = require('./part');`),
  },
};

/** What can be replaced in Node once only: all that is loaded later goes by another way. */
export const lastingPatches: Rows = {
  'Module.wrap': {
    code: load(
      'wrap',
      `const { wrap } = Module; const back = () => {};
  Module.wrap = (text) => wrap('exports.wrapped = ' + text.length + ';' + text);`,
      `[required, imported]`,
    ),
    files: toPackages('wrap', `exports.part = require('./part');`),
  },
};

/** A value that a package captures at load, whether it is the app's. */
function toValueRow(slug: string, { replace, capture }: { replace: string; capture: string }): Row {
  const facts = `[required.captured === mine, required.same, imported.captured === mine, imported.same]`;
  return { code: load(slug, replace, facts), files: toPackages(slug, capture) };
}

/** A function that is replaced by one that notes its calls, and goes on to it. */
function toCallsRow(slug: string, name: string, note: string): Row {
  const isMethod = name.includes('.prototype.');
  const patch = `const original = ${name}; const calls = []; const note = ${note};
  ${name} = function (...args) { calls.push(note(${isMethod ? 'this, ' : ''}...args)); return original.apply(this, args); };
  const back = () => { ${name} = original; };`;
  const text = `exports.part = require('./part'); exports.data = require('./data.json'); exports.fs = require('fs');
try { require('./not-there'); } catch (error) { exports.code = error.code; }
exports.other = require('patched-${slug}-other');`;
  return {
    code: load(slug, patch, `calls`),
    files: {
      ...toPackages(slug, text),
      [`node_modules/patched-${slug}-other/index.js`]: `exports.part = require('./lib');`,
      [`node_modules/patched-${slug}-other/lib/index.js`]: `exports.text = 'other';`,
    },
  };
}

/** Loads a package by require and one by import while something is replaced. */
function load(slug: string, replace: string, facts: string): string {
  return `const Module = require('node:module');
export default async () => {
  ${replace}
  try {
    const required = require('patched-${slug}');
    const { default: imported } = await import('patched-${slug}-imported');
    return ${facts};
  } finally { back(); }
};`;
}

/** The same package twice, one for each way. */
function toPackages(slug: string, text: string): Record<string, string> {
  const names = [`patched-${slug}`, `patched-${slug}-imported`];
  return Object.fromEntries(
    names.flatMap((name) => [
      [`node_modules/${name}/index.js`, text],
      [`node_modules/${name}/part.js`, `exports.text = 'PLACE';`],
      [`node_modules/${name}/data.json`, `{ "value": 1 }`],
    ]),
  );
}
