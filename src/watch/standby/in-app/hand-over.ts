import fs from 'node:fs';
import Module from 'node:module';
import { dirname, extname } from 'node:path';
import vm from 'node:vm';
import { chooseMethod, type Compile } from '../../../loader/choose-method.ts';
import { makeLoaderFunction } from '../../../loader/node-frame.ts';
import { toMark } from '../as-it-was.ts';

type Loader = (module: NodeJS.Module, filename: string) => void;

/** A file of a CommonJS module as Node calls it: a function of five names. */
type Body = (this: unknown, ...names: unknown[]) => unknown;

interface Compiled {
  /** What the file was like when its text was read. */
  mark: string;
  run: Body;
  /** A text that has nothing but its source map, where it has one. */
  map: string | undefined;
}

interface Machinery {
  _extensions: Record<string, Loader | undefined>;
  prototype: { _compile: Compile; load: unknown };
  wrap: unknown;
  wrapper: string[];
}

const machinery = Module as unknown as Machinery;
const { _compile: compile, load: loadOfNode } = machinery.prototype;
const { readFileSync } = fs;

const NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];

/** As Node looks for it: the last one counts. */
const SOURCE_MAP = /\/\/#\s+sourceMappingURL=\S+/g;

/**
 * What is left to Node: `import()` in a function that is compiled here makes Node 20 warn of it, and tsx
 * looks for an export of this name. In a line of a comment it is a type.
 */
const ORDINARY = /^(?!\s*(\/?\*|\/\/)).*\bimport\s*\(|['"]module\.exports['"]/m;

const compiled = new Map<string, Compiled>();

/**
 * Compiles a text for `handOver`: Node 20 does not remember what it has compiled.
 *
 * @param mark what the file was like before it was read
 */
export function compileForHandOver(text: string, filename: string, mark: string): void {
  if (ORDINARY.test(text)) return;
  const run = vm.compileFunction(text, NAMES, { filename }) as Body;
  const [map] = [...text.matchAll(SOURCE_MAP)].at(-1) ?? [];
  compiled.set(filename, { mark, run, map: map && `\n${map}` });
}

/**
 * From now on a file that was compiled, and is as it was, is not read and compiled once more. Node loads
 * the module as ever, and only what it calls for the file is another function: as deep in the stack.
 *
 * @returns makes an end of it
 */
export function handOver(): () => void {
  if (compiled.size === 0) return () => {};
  const isAsEver = watchMachinery();
  const executing = findExecuting();
  let next: NodeJS.Module | undefined;
  chooseMethod<unknown>('load', (module, load) => {
    next = undefined; // the loaders are those of the app
    const known = compiled.get(module.id);
    const isKnown = known && load === loadOfNode && isAsEver(module);
    if (isKnown && toMark(module.id) === known.mark) next = module;
    return undefined;
  });
  const isOrdinary = (module: NodeJS.Module): boolean => {
    const isNext = module === next;
    next = undefined;
    return !isNext;
  };
  const ends = Object.keys(machinery._extensions).map((extension) =>
    chooseLoader(extension, (loader) => {
      const known = next && compiled.get(next.id);
      return known && makeLoader({ isOrdinary, loader, known, executing });
    }),
  );
  return () => {
    for (const end of ends) end();
    compiled.clear();
  };
}

/**
 * Has another loader called for some modules in place of that of an extension. An app that replaces it
 * replaces what is there.
 *
 * @param choose `undefined` leaves a module to the loader that is there
 * @returns makes an end of it
 */
function chooseLoader(
  extension: string,
  choose: (loader: Loader) => Loader | undefined,
): () => void {
  const { _extensions: loaders } = machinery;
  const { enumerable = true } = Object.getOwnPropertyDescriptor(loaders, extension) ?? {};
  let loader = loaders[extension] as Loader;
  const get = (): Loader => choose(loader) ?? loader;
  const set = (replaced: Loader): void => void (loader = replaced);
  Object.defineProperty(loaders, extension, { configurable: true, enumerable, get, set });
  return () => {
    const isOurs = Object.getOwnPropertyDescriptor(loaders, extension)?.get === get;
    const plain = { configurable: true, enumerable, writable: true, value: loader };
    if (isOurs) Object.defineProperty(loaders, extension, plain);
  };
}

/** What a loader is made of. */
interface Parts {
  /** Asked once: whether it is called for another module than it was made for. */
  isOrdinary: (module: NodeJS.Module) => boolean;
  loader: Loader;
  known: Compiled;
  executing: symbol;
}

/** What Node 20 does with a text: it has one compiled for the source map only. */
const makeLoader = makeLoaderFunction<(parts: Parts) => Loader>(
  `function ({ isOrdinary, loader, known, executing }) {
  function _compile(module, filename) {
    if (known.map !== undefined) compile.call(module, known.map, filename);
    const require = makeRequire(module);
    module[executing] = true;
    known.run.call(module.exports, module.exports, require, module, filename, dirname(filename));
    module[executing] = false;
  }
  return function (module, filename) {
    if (isOrdinary(module)) loader(module, filename);
    else _compile(module, filename);
  };
}`,
  { compile, makeRequire: makeRequireFunction(), dirname },
);

/** `require` as Node 20 makes it for a module. */
function makeRequireFunction(): (module: NodeJS.Module) => NodeJS.Require {
  return makeLoaderFunction(
    `function (module) {
  function require(path) {
    return module.require(path);
  }
  function resolve(request, options) {
    if (typeof request !== 'string') return Module.createRequire(module.filename).resolve(request);
    return Module._resolveFilename(request, module, false, options);
  }
  function paths(request) {
    if (typeof request !== 'string') return Module.createRequire(module.filename).resolve.paths(request);
    return Module._resolveLookupPaths(request, module);
  }
  require.resolve = resolve;
  resolve.paths = paths;
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}`,
    { Module, process },
  );
}

/** By which Node marks a module while it is executed: an ES module that imports it is told then. */
function findExecuting(): symbol {
  const module = new Module('');
  compile.call(module, '', '');
  const symbols = Object.getOwnPropertySymbols(module);
  return (
    symbols.find(({ description }) => description === 'kIsExecuting') ?? Symbol('kIsExecuting')
  );
}

/** Tells whether a module is loaded as it ever was: an app may want to read, wrap or compile it itself. */
function watchMachinery(): (module: NodeJS.Module) => boolean {
  const { wrap, wrapper, _extensions } = machinery;
  const [start, end] = wrapper;
  const loaders = { ..._extensions };
  return (module) => {
    const { _compile } = module as unknown as { _compile: Compile };
    const extension = extname(module.id);
    const key = _extensions[extension] ? extension : '.js';
    return (
      _compile === compile &&
      _extensions[key] === loaders[key] &&
      machinery.wrap === wrap &&
      wrapper[0] === start &&
      wrapper[1] === end &&
      fs.readFileSync === readFileSync
    );
  };
}
