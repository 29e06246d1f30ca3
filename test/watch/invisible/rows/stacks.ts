import type { Rows } from '../project.ts';

/** The frames of a stack that are not Node's or tsx's, and those of neither the app nor a package. */
export const FRAMES = `const folder = process.cwd();
const isOfLoader = (line) => /\\bnode:|[\\\\/]tsx[\\\\/]dist[\\\\/]/.test(line);
exports.lines = (stack) => stack.split('\\n').map((line) => line.trim().replaceAll(folder, '.')).filter((line) => !isOfLoader(line));
exports.frames = (stack) => exports.lines(stack).filter((line) => line.startsWith('at '));
exports.foreign = (stack) => exports.frames(stack).filter((line) => /[\\\\/]/.test(line) && !/\\.[\\\\/]|node_modules/.test(line));
exports.at = (limit, make) => {
  const { stackTraceLimit } = Error;
  if (limit) Error.stackTraceLimit = limit;
  try { return make(); } finally { Error.stackTraceLimit = stackTraceLimit; }
};`;

/** The last of several files that load each other. */
const DEEPEST = `const { frames, foreign, at } = require('stack-frames');
const first = new Error('with the limit as it is').stack; const all = at(100, () => new Error('with all').stack);
exports.seen = [frames(first)[0], foreign(first), frames(all)];`;

export const stacks: Rows = {
  'a stack of packages that load each other': {
    code: `import { seen } from 'deep'; export default seen;`,
    files: {
      'node_modules/stack-frames/index.js': FRAMES,
      'node_modules/deep/index.js': `exports.seen = require('./two').seen;`,
      'node_modules/deep/two.js': `\n  const three = require('deep-three'); exports.seen = three.seen;`,
      'node_modules/deep-three/index.js': `function load() {\n  return require('./lib/four');\n}\nexports.seen = load().seen;`,
      'node_modules/deep-three/lib/four.js': DEEPEST,
    },
  },
  'a stack of files of the app that load each other': {
    code: `import { seen } from '../own/one.js'; export default seen;`,
    files: {
      'own/one.js': `import two from './two.js';\nexport const seen = two.seen;`,
      'own/two.js': `import three from './three.js'; export default three;`,
      'own/three.js': `import deepest from 'deepest'; export default deepest;`,
      'node_modules/deepest/index.js': DEEPEST,
    },
  },
  'a stack of the app itself': {
    code: `import { frames, foreign, at } from 'stack-frames';

const first = new Error('with the limit as it is').stack, all = at(100, () => new Error('with all').stack);
export default [frames(first)[0], foreign(first), frames(all)];`,
  },
  'a stack of what a package throws while it loads': {
    code: `import { lines, at } from 'stack-frames';
const attempt = (file) => { try { require(file); } catch (error) { return [error.name, error.code, lines(error.stack)]; } };
export default at(100, () => ['throws', 'throws/broken.js', 'throws/broken.json', 'throws/none.js', 'none'].map(attempt));`,
    files: {
      'node_modules/throws/index.js': `exports.early = 1;\nrequire('./part');`,
      'node_modules/throws/part.js': `\n\n    throw new TypeError('thrown while it loads');`,
      'node_modules/throws/broken.js': `exports.fine = 1;\nconst is not = JavaScript;`,
      'node_modules/throws/broken.json': `{ "is": not }`,
    },
  },
  'a stack of an error that was made at load and is read later': {
    code: `import { lines } from 'stack-frames'; import { made } from 'makes-error';
export default () => [lines(made.stack), made.message];`,
    files: {
      'node_modules/makes-error/index.js': `exports.part = require('./part'); exports.made = exports.part.made;`,
      'node_modules/makes-error/part.js': `exports.made = new RangeError('made at load');`,
    },
  },
  'a stack of functions that are called later': {
    code: `import { lines } from 'stack-frames'; import fails from 'fails';
export default () => [lines(fails.first().stack), lines(fails.later().stack)];`,
    files: {
      'node_modules/fails/index.js': `exports.first = () => new Error('made on the first line');

exports.later = function later() { return new Error('made on the third line'); };`,
    },
  },
  'a stack as a package wants them to be written': {
    code: `import 'prepares-stacks'; import { sites } from 'prepared';
delete Error.prepareStackTrace;
export default sites;`,
    files: {
      'node_modules/prepares-stacks/index.js': `Error.prepareStackTrace = (error, sites) => sites
  .filter((site) => !/^node:|[\\\\/]tsx[\\\\/]dist/.test(site.getFileName() ?? 'node:'))
  .map((site) => [site.getFileName(), site.getLineNumber(), site.getColumnNumber(), site.getFunctionName(), site.getEvalOrigin()]);`,
      'node_modules/prepared/index.js': `exports.sites = require('./part').sites;`,
      'node_modules/prepared/part.js': `const { at } = require('stack-frames'); exports.sites = at(100, () => new Error('prepared').stack);`,
    },
  },
  'a stack as long as a package wants them to be': {
    code: `import { before } from 'limits'; import { frames } from 'limited';
const now = Error.stackTraceLimit; Error.stackTraceLimit = before;
export default [before, now, frames];`,
    files: {
      'node_modules/limits/index.js': `exports.before = Error.stackTraceLimit; Error.stackTraceLimit = 1;`,
      'node_modules/limited/index.js': `exports.frames = require('stack-frames').frames(new Error('short').stack);`,
    },
  },
};

/** In two parts, or it would be taken for one of this file. */
const MAPPED_BY = `//# ${'sourceMappingURL'}=`;

/** Where Node is told to look into source maps: by tsx, or by a flag. */
export const sourceMaps: Rows = {
  'a stack of a package that brings a source map': {
    code: `import mapped from 'mapped'; import { made } from 'mapped-esm'; import { lines } from 'stack-frames';
export default () => [mapped.atLoad, mapped.inside, mapped.fail(), made].map(({ stack }) => lines(stack));`,
    files: {
      'node_modules/stack-frames/index.js': FRAMES,
      'node_modules/mapped/index.js': `exports.atLoad = new Error('at load'); exports.fail = () => new Error('later'); exports.inside = require('./inside').made;
${MAPPED_BY}index.js.map`,
      'node_modules/mapped/index.js.map': toMap('index.ts'),
      'node_modules/mapped/inside.js': `exports.made = new Error('inside');
${MAPPED_BY}data:application/json;base64,${btoa(toMap('inside.ts'))}`,
      'node_modules/mapped-esm/package.json': `{ "name": "mapped-esm", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }`,
      'node_modules/mapped-esm/index.mjs': `export const made = new Error('in an ES module');
${MAPPED_BY}data:application/json;base64,${btoa(toMap('module.ts'))}`,
      'node_modules/mapped-esm/index.cjs': `exports.made = new Error('in CommonJS');
${MAPPED_BY}data:application/json;base64,${btoa(toMap('commonjs.ts'))}`,
    },
  },
};

export const typeScript: Rows = {
  'a stack of TypeScript': {
    code: `import { lines } from 'stack-frames'; import { fail, Failing, atLoad } from '../typed/fails.js';
export default () => [fail({ text: 'called' }), new Failing<string>('made').error, atLoad].map(({ stack }) => lines(stack));`,
    files: {
      'typed/fails.js': `import { make } from './make.js';
interface Text {
  text: string;
}

type Kind = 'one' | 'other';

export const fail = (text: Text, kind: Kind = 'one'): Error => new Error(text.text + kind);
export const Failing = class<T> {
  readonly error: Error;

  constructor(cause: T) {
    this.error = new Error('failing', { cause });
  }
};
export const atLoad = make<string>(

    'at load',
);`,
      'typed/make.js': `interface Unused<T> {
  value: T;
}
export const make = <T>(value: T): Error => {
  const unused: Unused<T> = { value };
  return new Error(String(unused.value));
};`,
    },
  },
};

/** All of the first line is line 10 of the source. */
function toMap(source: string): string {
  return JSON.stringify({ version: 3, sources: [`src/${source}`], names: [], mappings: 'AASA' });
}
