import Module, { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A CommonJS module that has just been evaluated. */
export interface LoadedModule {
  filename: string;
  exports: unknown;
}

/** `Module.prototype._compile`: evaluates the text of a file. */
export type Compile = (
  this: LoadedModule,
  content: string,
  filename: string,
  ...rest: unknown[]
) => unknown;

/** Gives what is called for a module in place of `method`; `undefined` leaves it to that. */
export type ChooseMethod<Method> = (module: NodeJS.Module, method: Method) => Method | undefined;

/** A package whose exports are looked at, and its main file as it ends in every layout of node_modules. */
export interface PackageVisit {
  name: string;
  mainFile: RegExp;
  /** Sees each copy of the package once, before any of its importers; may replace `exports`. */
  visit: (module: LoadedModule) => void;
}

/**
 * Shows CommonJS packages as they are loaded, every copy of them, however they are imported: by
 * `require`, by `import`, through tsx. Where `_compile` is missing, the copy that the entry resolves is
 * loaded at once instead.
 */
export function onPackageLoaded(visits: PackageVisit[], entry: string | undefined): void {
  const isHooked = chooseMethod<Compile>('_compile', (module, compile) => {
    const file = module.filename || module.id; // it has the first when it is loaded
    const found = visits.filter(({ mainFile }) => mainFile.test(file));
    if (found.length === 0) return undefined;
    return function _compile(content, filename, ...rest) {
      const result = compile.call(this, content, filename, ...rest);
      for (const { visit } of found) visit(this);
      return result;
    };
  });
  if (!isHooked) loadFromEntry(visits, entry);
}

/**
 * Has another function called for some modules in place of a method of `Module.prototype`. For the others
 * it is the one that is there, with no frame of ours on any stack: the method becomes a property that is
 * looked up for each module. An app that replaces it replaces what is there.
 *
 * `_compile`, which evaluates the text of a file, and `load` are not documented. They have been there since
 * Node 0.x and see `require`, `import` and tsx on 20, 22 and 24, where `Module._extensions` and
 * `module.registerHooks` are passed by tsx; `test/adopt/commonjs-hook.test.ts` and
 * `test/watch/compile-ahead.test.ts` pin them.
 *
 * @returns whether this version of Node has it
 */
export function chooseMethod<Method>(
  name: '_compile' | 'load',
  choose: ChooseMethod<Method>,
): boolean {
  const { prototype } = Module as { prototype: object };
  const inherited = Object.getOwnPropertyDescriptor(prototype, name);
  if (!inherited || typeof (prototype as Record<string, unknown>)[name] !== 'function')
    return false;
  let replaced: Method | undefined;
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: inherited.enumerable ?? true,
    get(this: NodeJS.Module) {
      const method = (replaced ?? inherited.get?.call(this) ?? inherited.value) as Method;
      return (this !== prototype && choose(this, method)) || method;
    },
    set(this: unknown, value: Method) {
      if (this === prototype) replaced = value;
      // What pirates and others do: one module gets a function of its own.
      else Object.defineProperty(this, name, { ...PLAIN, value });
    },
  });
  return true;
}

const PLAIN = { configurable: true, enumerable: true, writable: true };

/**
 * Shows the packages that were loaded before `onPackageLoaded` was called. Who has imported them already
 * goes on with the exports that they had; what is changed in place is changed for all.
 */
export function visitLoadedPackages(visits: PackageVisit[]): void {
  const { cache } = createRequire(import.meta.url);
  for (const module of Object.values(cache)) {
    if (!module?.loaded) continue;
    for (const { mainFile, visit } of visits) if (mainFile.test(module.filename)) visit(module);
  }
}

function loadFromEntry(visits: PackageVisit[], entry: string | undefined): void {
  const require = createRequire(entry ? pathToFileURL(entry) : `${process.cwd()}/`);
  for (const { name, visit } of visits) {
    let filename: string;
    try {
      filename = require.resolve(name);
    } catch {
      continue; // the app does not use it
    }
    require(filename);
    const module = require.cache[filename];
    if (module) visit(module);
  }
}
