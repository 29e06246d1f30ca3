'use strict';
const { renameSync, writeFileSync } = require('node:fs');
const { join, sep } = require('node:path');
const { attempt, describe } = require('./describe.cjs');
const { describeModules } = require('./loaded-modules.cjs');
const { describeProcess } = require('./process-facts.cjs');
const uses = require('./uses.cjs');

/**
 * Writes down what an app sees of its packages and of its process, in a file that has the number of
 * the process for a name.
 *
 * @param app.loaded the packages and what they have given, in the order in which they were loaded
 * @param app.require of the entry
 * @param app.folder of the entry
 * @param app.stacks of the moments when modules were loaded
 */
function observe({ loaded, require, folder, stacks }) {
  const toName = (path) => nameOf(String(path), folder);
  // First of all: what follows may load more.
  const { order, modules } = describeModules(require.cache, toName);
  const report = {
    stacks: Object.fromEntries(
      Object.entries(stacks).map(([at, text]) => [at, toFrames(text, folder)]),
    ),
    process: describeProcess(toName),
    order,
    modules,
    packages: loaded.map(([name]) => name),
    exports: Object.fromEntries(
      loaded.map(([name, all]) => [name, describePackage(name, all, require)]),
    ),
    orderAfterUse: describeModules(require.cache, toName).order,
  };
  const file = join(process.env.OBSERVATIONS, `${process.pid}.json`);
  writeFileSync(`${file}.part`, JSON.stringify(report));
  renameSync(`${file}.part`, file);
}

function describePackage(name, all, require) {
  const main = all.default ?? all;
  const use = uses[name];
  return {
    all: describe(all),
    // Two copies of a package are one too many.
    sameAgain: attempt(() => toSame(require.cache[require.resolve(name)]?.exports, all)),
    ...(main !== all && { main: describe(main) }),
    ...(use && { use: attempt(() => JSON.stringify(use({ all, main })) ?? 'undefined') }),
  };
}

function toSame(exports, all) {
  return exports === undefined ? 'not CommonJS' : exports === all || exports === all.default;
}

/** The frames of a stack, but for those of what loads modules: Node, and tsx. */
function toFrames(stack, folder) {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames
    .filter((line) => !line.includes('node:') && !/[\\/]tsx[\\/]dist[\\/]/.test(line))
    .map((line) => nameOf(line.trim(), folder));
}

/** Wherever the app lies, its own files begin with `app/`, and packages with their names. */
function nameOf(text, folder) {
  return text
    .replaceAll('file://', '')
    .replaceAll(`${process.env.PACKAGES}${sep}`, '')
    .replaceAll(folder, 'app');
}

module.exports = { observe };
