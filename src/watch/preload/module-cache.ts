import Module from 'node:module';
import type { CommonJsModule } from './compile-hook.ts';
import { readEnvironment } from './environment.ts';

type Load = (request: string, parent: CommonJsModule | null, isMain: boolean) => unknown;

const machinery = Module as unknown as {
  _load: Load;
  _resolveFilename: (request: string, parent: CommonJsModule | null, isMain: boolean) => string;
  _cache: Record<string, CommonJsModule | undefined>;
  _pathCache?: Record<string, string>;
};

/** The module of a file in `require.cache`. */
export function cachedModule(file: string): CommonJsModule | undefined {
  return machinery._cache[file];
}

/** Puts a module into `require.cache`, at its old place when it has one. */
export function cacheModule(file: string, module: CommonJsModule): void {
  machinery._cache[file] = module;
}

/**
 * Takes everything that a function loads out of `require.cache`, and forgets the paths that were found
 * meanwhile. `Module._pathCache` is not documented; Node 20 to 24. Without it there is nothing to forget.
 */
export function loadAside(load: () => void): Map<string, CommonJsModule> {
  const loaded = new Map<string, CommonJsModule>();
  const before = new Set(Object.keys(machinery._cache));
  const paths = new Set(Object.keys(machinery._pathCache ?? {}));
  try {
    load();
  } finally {
    for (const file of Object.keys(machinery._cache)) {
      const module = machinery._cache[file];
      if (before.has(file) || !module) continue;
      loaded.set(file, module);
      delete machinery._cache[file];
    }
    for (const key of Object.keys(machinery._pathCache ?? {})) {
      if (!paths.has(key)) delete machinery._pathCache?.[key];
    }
  }
  return loaded;
}

/**
 * Whether an entry of `require.cache` is only a place that Node keeps for a module that will be loaded
 * by `import`: Node 22 and later make one, marked by a symbol, when they look for the names of exports.
 */
export function isPlaceHeld(module: CommonJsModule): boolean {
  const mark = Object.getOwnPropertySymbols(module).find(
    ({ description }) => description === 'kIsCachedByESMLoader',
  );
  return (
    mark !== undefined &&
    (module as unknown as Record<symbol, unknown>)[mark] === true &&
    !module.loaded &&
    module.children.length === 0 &&
    Object.keys(module.exports as object).length === 0
  );
}

/** Puts one module for another among the children of a parent. */
export function replaceChild(
  parent: CommonJsModule,
  old: CommonJsModule,
  by: CommonJsModule,
): void {
  const index = parent.children.indexOf(old);
  if (index !== -1) parent.children[index] = by;
}

/**
 * Gives a module the parent that it would have had. Not where Node warns of everything that will be
 * deprecated: `parent` is, and nobody may hear of this.
 */
export function setParent(
  module: CommonJsModule,
  findParent: () => CommonJsModule | null | undefined,
): CommonJsModule | null | undefined {
  isParentDeprecated ??= findsPendingDeprecations();
  return isParentDeprecated ? undefined : (module.parent = findParent());
}

let isParentDeprecated: boolean | undefined;

function findsPendingDeprecations(): boolean {
  const { NODE_OPTIONS = '', NODE_PENDING_DEPRECATION } = readEnvironment();
  const flags = [...process.execArgv, NODE_OPTIONS].join(' ');
  return NODE_PENDING_DEPRECATION === '1' || flags.includes('pending-deprecation');
}

/**
 * While a function runs, `require` of some files gives others. `Module._load` and `_resolveFilename` are
 * not documented; Node 20 to 24.
 */
export function withSubstitutes(substitutes: ReadonlyMap<string, string>, run: () => void): void {
  if (substitutes.size === 0) return run();
  const load = machinery._load;
  machinery._load = (request, parent, isMain) => {
    let substitute: string | undefined;
    try {
      substitute = substitutes.get(machinery._resolveFilename(request, parent, isMain));
    } catch {
      // it is not there: the one who asked is told
    }
    return load.call(machinery, substitute ?? request, parent, isMain);
  };
  try {
    return run();
  } finally {
    machinery._load = load;
  }
}

/** Loads a file as `require` of its parent would. */
export function loadFor(parent: CommonJsModule, file: string): void {
  machinery._load(file, parent, false);
}
