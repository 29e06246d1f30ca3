import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { cache } = createRequire(pathToFileURL('/'));

/**
 * Loads what imports CommonJS packages before the app has begun, and takes all of those out of `require.cache`.
 * An app that requires one of them gets its own, evaluated when and in which environment it asks for it, as it
 * would without holdover; and what requires one of them can be loaded in advance.
 *
 * One that it imports is holdover's all the same: Node forgets no ES module. What they have put on
 * `globalThis`, as tslib does, goes as well.
 */
export async function hideOwnPackages<T>(load: () => Promise<T>): Promise<T> {
  const before = new Set(loadedFiles());
  const globalsBefore = new Set(Object.keys(globalThis));
  const loaded = await load();
  for (const file of loadedFiles()) if (!before.has(file)) delete cache[file];
  for (const name of Object.keys(globalThis)) {
    if (!globalsBefore.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  return loaded;
}

/**
 * Loads what imports CommonJS packages after the app has begun, and takes those out of `require.cache`, too.
 *
 * @param names of the packages: whatever else has come meanwhile, the app has loaded
 */
export async function loadHidden<T>(names: string[], load: () => Promise<T>): Promise<T> {
  const known = new Set(loadedFiles());
  const loaded = await load();
  const folders = names.map((name) => `/node_modules/${name}/`);
  for (const file of loadedFiles()) {
    const path = file.replaceAll('\\', '/');
    // What an app requires has a parent; what is imported has none.
    const isImported = !cache[file]?.parent; // oxlint-disable-line typescript/no-deprecated
    const isOwn = folders.some((folder) => path.includes(folder));
    if (!known.has(file) && isImported && isOwn) delete cache[file];
  }
  return loaded;
}

/** Without those for which Node 22 and later only keep a place. */
function loadedFiles(): string[] {
  return Object.keys(cache).filter((file) => cache[file]?.loaded);
}
