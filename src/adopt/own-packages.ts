import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);

/** What was there before holdover loaded its packages: this module is the first that it evaluates. */
const before = new Set(loadedFiles());
const globalsBefore = new Set(Object.keys(globalThis));

/**
 * Takes the CommonJS packages that holdover has loaded for itself by now out of `require.cache`. An app that
 * requires one of them gets its own, evaluated when and in which environment it asks for it, as it would
 * without holdover; and what requires one of them can be loaded in advance.
 *
 * One that it imports is holdover's all the same: Node forgets no ES module. What they have put on
 * `globalThis`, as tslib does, goes as well.
 */
export function hideOwnPackages(): void {
  for (const file of loadedFiles()) if (!before.has(file)) delete cache[file];
  for (const name of Object.keys(globalThis)) {
    if (!globalsBefore.has(name)) Reflect.deleteProperty(globalThis, name);
  }
}

/** Without those for which Node 22 and later only keep a place. */
function loadedFiles(): string[] {
  return Object.keys(cache).filter((file) => cache[file]?.loaded);
}
