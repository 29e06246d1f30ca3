'use strict';

/**
 * The CommonJS modules that an app has loaded, in the order of `require.cache`.
 *
 * @param names gives a path a name that is the same in every folder
 */
function describeModules(cache, toName) {
  const modules = Object.entries(cache);
  const describeOne = (module) => ({
    id: toName(module.id),
    loaded: module.loaded,
    parent: nameOf(module.parent, toName),
    children: module.children.map((child) => toName(child.filename)),
    // What Node looks up by itself at the first `require`.
    paths: module.paths?.length,
  });
  return {
    order: toOrder(modules).map(([path]) => toName(path)),
    modules: Object.fromEntries(
      modules.map(([path, module]) => [toName(path), describeOne(module)]),
    ),
  };
}

/**
 * What an ES module imports has no parent. Node makes place for it when it has read the file, earlier
 * or later each time: the order of these says nothing.
 */
function toOrder(modules) {
  const isImported = ([path, { parent }]) => parent === undefined && path !== process.argv[1];
  const imported = modules.filter(isImported);
  const required = modules.filter((module) => !isImported(module));
  return [...imported.toSorted(([path], [other]) => (path < other ? -1 : 1)), ...required];
}

function nameOf(parent, toName) {
  return parent ? toName(parent.filename ?? parent.id) : String(parent);
}

module.exports = { describeModules };
