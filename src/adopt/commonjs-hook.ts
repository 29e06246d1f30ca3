import Module, { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A CommonJS module that has just been evaluated. */
export interface LoadedModule {
  filename: string;
  exports: unknown;
}

interface Compiler {
  _compile?: (this: LoadedModule, content: string, filename: string, ...rest: unknown[]) => unknown;
}

/** A package whose exports are looked at, and its main file as it ends in every layout of node_modules. */
export interface PackageVisit {
  name: string;
  mainFile: RegExp;
  /** Sees each copy of the package once, before any of its importers; may replace `exports`. */
  visit: (module: LoadedModule) => void;
}

/**
 * Shows CommonJS packages as they are loaded, every copy of them, however they are imported: by
 * `require`, by `import`, through tsx.
 *
 * `Module.prototype._compile` is not documented. It has been there since Node 0.x and sees all of
 * those ways on 20, 22 and 24, where `Module._extensions` and `module.registerHooks` are passed by
 * tsx; `test/adopt/commonjs-hook.test.ts` pins it. Where it is missing, the copy that the entry
 * resolves is loaded at once instead.
 */
export function onPackageLoaded(visits: PackageVisit[], entry: string | undefined): void {
  const compiler = Module.prototype as Compiler;
  const compile = compiler._compile;
  if (typeof compile !== 'function') {
    loadFromEntry(visits, entry);
    return;
  }
  compiler._compile = function _compile(content, filename, ...rest) {
    const result = compile.call(this, content, filename, ...rest);
    for (const { mainFile, visit } of visits) if (mainFile.test(filename)) visit(this);
    return result;
  };
}

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
