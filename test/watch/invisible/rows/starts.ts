import type { Rows } from '../project.ts';

/** What flags of Node make of packages. */
export const flagged: Rows = {
  'exports for a condition of the command line': {
    code: `import { which } from 'conditional'; export default () => [which, require('conditional').which, process.execArgv.slice(-2)];`,
    files: {
      'node_modules/conditional/package.json': `{ "name": "conditional", "exports": { "development": "./development.js", "default": "./default.js" } }`,
      'node_modules/conditional/development.js': `exports.which = 'development';`,
      'node_modules/conditional/default.js': `exports.which = 'default';`,
    },
  },
};

/** A module of `--require` runs once, before everything else. */
export const required: Rows = {
  'a module of --require': {
    code: `export default [globalThis.first, Object.keys(require.cache)[0]];`,
    files: { 'first.cjs': `globalThis.first = [...(globalThis.first ?? []), module.id];` },
  },
};

/** Loader hooks see what is loaded after them, and may change it; the app has none before a run. */
export const toHooks = (run: number): Rows => ({
  'module.register': {
    code: `import { register } from 'node:module'; import { pathToFileURL } from 'node:url'; import { saved } from '../saved.js';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
export default async () => {
  const { port1, port2 } = new MessageChannel();
  const options = { parentURL: pathToFileURL(process.cwd() + '/').href, data: { port: port2 }, transferList: [port2] };
  if (saved.run >= ${run}) register('./hooks/hooks.mjs', options);
  const { text } = await import('hooked-esm');
  const { default: hooked } = await import('hooked');
  const seen = [];
  for (let got; (got = receiveMessageOnPort(port1)); ) if (/hooked/.test(got.message[2])) seen.push(got.message.join(' '));
  return [text, hooked, seen.sort()];
};`,
    files: {
      'hooks/hooks.mjs': `let port;
export const initialize = (data) => { port = data.port; };
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  port.postMessage(['resolve', specifier, resolved.url]);
  return resolved;
}
export async function load(url, context, next) {
  const loaded = await next(url, context);
  port.postMessage(['load', loaded.format, url]);
  return /hooked-esm/.test(url) ? { ...loaded, source: Buffer.from(loaded.source).toString().replaceAll('PLACE', 'hooked') } : loaded;
}`,
      'node_modules/hooked-esm/package.json': `{ "name": "hooked-esm", "exports": "./index.mjs" }`,
      'node_modules/hooked-esm/index.mjs': `import 'hooked'; export { text } from './part.mjs';`,
      'node_modules/hooked-esm/part.mjs': `export const text = 'PLACE';`,
      'node_modules/hooked/index.js': `module.exports = require('./part');`,
      'node_modules/hooked/part.js': `exports.text = 'PLACE';`,
    },
  },
  // In Node from 22.15 on.
  'module.registerHooks': {
    code: `import loader from 'node:module'; import { saved } from '../saved.js';
const seen = [];
const note = (...call) => { if (/in-thread/.test(call[2])) seen.push(call.join(' ')); };
export default async () => {
  const hooks = saved.run >= ${run} && loader.registerHooks?.({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      note('resolve', specifier, resolved.url);
      return resolved;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      note('load', loaded.format, url);
      return /in-thread/.test(url) ? { ...loaded, source: Buffer.from(loaded.source).toString().replaceAll('PLACE', 'hooked') } : loaded;
    },
  });
  const { text } = await import('in-thread-esm');
  const required = require('in-thread');
  if (hooks) hooks.deregister();
  return [text, required, seen];
};`,
    files: {
      'node_modules/in-thread-esm/package.json': `{ "name": "in-thread-esm", "exports": "./index.mjs" }`,
      'node_modules/in-thread-esm/index.mjs': `export { text } from './part.mjs';`,
      'node_modules/in-thread-esm/part.mjs': `export const text = 'PLACE';`,
      'node_modules/in-thread/index.js': `module.exports = require('./part');`,
      'node_modules/in-thread/part.js': `exports.text = 'PLACE';`,
    },
  },
});

/** What Node says of old and of new builtins, when the app or a package asks for them. */
export const warnings: Rows = {
  'what was warned of': {
    code: `import { warned } from '../early/warned.js'; import 'warns'; import both from 'warns-too';
const turn = () => new Promise((done) => setImmediate(done));
new Buffer(1);
for (const name of ['punycode', 'node:sqlite']) try { require(name); } catch {}
export default async () => { await turn(); await turn(); return [warned.sort(), both]; };`,
    files: {
      'early/warned.js': `const all = []; export const warned = all;
process.on('warning', ({ name, code, message }) => all.push([name, code, message].join(' ')));`,
      'node_modules/warns/index.js': `const { builtinModules } = require('module');
for (const name of ['sys', 'punycode', 'wasi', 'node:sqlite', 'trace_events']) {
  try { require(name); } catch {}
}
process.emitWarning('a warning of its own', { type: 'DeprecationWarning', code: 'OWN' });`,
      'node_modules/warns-too/index.js': `exports.punycode = typeof require('punycode').encode; exports.sys = typeof require('sys').inspect;
process.emitWarning('a warning of its own', { type: 'DeprecationWarning', code: 'OWN' });`,
    },
  },
};

/** The size of the terminal. */
export const terminal: Rows = {
  columns: {
    code: `import size from 'reads-size'; export default [size.columns, process.stdout.columns, process.stdout.rows, process.stdout.isTTY];`,
    files: { 'node_modules/reads-size/index.js': `exports.columns = process.stdout.columns;` },
  },
};
