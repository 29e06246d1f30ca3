import type { Rows } from '../project.ts';

/** Modules as an app can look at them. The first file gives names that say something of a path. */
const SHOW = `const { relative, sep } = require('node:path');
exports.name = (file) => typeof file === 'string' ? relative(process.cwd(), file).split('node_modules' + sep).pop() : null;
exports.show = ({ filename, loaded, children, parent }) =>
  [exports.name(filename), loaded, children.map((child) => exports.name(child.filename)), exports.name(parent?.filename)];`;

export const modules: Rows = {
  'what a module sees of itself at load': {
    code: `import sees from 'sees-itself'; export default sees;`,
    files: {
      'node_modules/show-modules/index.js': SHOW,
      'node_modules/sees-itself/index.js': `const { name, show } = require('show-modules');
exports.self = [this === exports, this === module.exports, arguments.length, typeof arguments.callee, __filename, __dirname];
exports.module = [Object.keys(module), module.id, module.path, module.filename, module.paths, module.isPreloading, ...show(module)];
exports.require = [Object.keys(require), require.name, require.length, require.resolve('./part'), require.resolve.paths('x'),
  require.cache === require('module')._cache, require.extensions === require('module')._extensions, name(require.main?.filename)];
exports.kind = [module instanceof require('module'), module.constructor === require('module'), Object.keys(require('module').prototype)];
exports.cache = Object.keys(require.cache).map(name).filter((file) => file.startsWith('sees-itself'));
exports.part = require('./part');
exports.after = show(module);`,
      'node_modules/sees-itself/part.js': `const { name, show } = require('show-modules');
module.exports = [show(module), show(module.parent), name(require.main?.filename)];`,
    },
  },
  // Its `id` and its `parent` are others with any `--import`: Node loads it by another way then.
  'the main module': {
    code: `import show from 'show-modules';
export default () => {
  const { main } = require;
  return [show.name(main?.filename), process.mainModule === main, main && show.show(main), main?.paths];
};`,
  },
  'the cache of modules': {
    code: `import 'cache-one'; import 'cache-two/part.js'; import show from 'show-modules';
const all = () => Object.entries(require.cache).map(([key, module]) => [show.name(key), ...show.show(module)]);
// Node links ES modules in the order in which they are read, and with them what they import of CommonJS.
export default () => (require.main ? all() : all().sort());`,
    files: {
      'node_modules/cache-one/index.js': `require('./part'); require('cache-two');`,
      'node_modules/cache-one/part.js': `exports.one = 1;`,
      'node_modules/cache-two/index.js': `require('./part'); require('cache-one/part');`,
      'node_modules/cache-two/part.js': `exports.two = 2;`,
    },
  },
  'a package that is imported late': {
    code: `import show from 'show-modules';
const find = () => Object.entries(require.cache).filter(([key]) => show.name(key).startsWith('late')).map(([, module]) => show.show(module));
const atLoad = find();
export default async () => {
  const before = find();
  const { default: late } = await import('late');
  return [atLoad, before, typeof late, find(), require('late') === late];
};`,
    files: {
      'node_modules/late/index.js': `module.exports = require('./lib/late');`,
      'node_modules/late/lib/late.js': `module.exports = function late() {};`,
    },
  },
  'what is asked for again after it was taken out of the cache': {
    code: `import taken from 'taken';
export default () => {
  delete require.cache[require.resolve('taken')];
  const again = require('taken');
  return [taken === again, taken.part === again.part, again.count(), require('taken') === again];
};`,
    files: {
      'node_modules/taken/index.js': `exports.part = require('./part'); exports.count = () => ++exports.part.count;`,
      'node_modules/taken/part.js': `exports.count = 0;`,
    },
  },
};
