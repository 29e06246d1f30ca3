import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { chooseMethod, type Compile, type LoadedModule } from '../loader/choose-method.ts';

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
