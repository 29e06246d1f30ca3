import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);

/** What was there before holdover loaded its packages: this module is the first that it evaluates. */
const before = new Set(loadedFiles());

/**
 * Takes the CommonJS packages that holdover has loaded for itself by now out of `require.cache`. An app that
 * requires one of them gets its own, evaluated when and in which environment it asks for it, as it would
 * without holdover; and what requires one of them can be loaded in advance.
 *
 * One that it imports is holdover's all the same: Node forgets no ES module.
 */
export function hideOwnPackages(): void {
  for (const file of loadedFiles()) if (!before.has(file)) delete cache[file];
}

/** Without those for which Node 22 and later only keep a place. */
function loadedFiles(): string[] {
  return Object.keys(cache).filter((file) => cache[file]?.loaded);
}
