import { createRequire } from 'node:module';

/**
 * Loads a CommonJS package in the middle of whatever the app loads, and takes it out of `require.cache`: an
 * app that requires it gets its own.
 */
export function loadHidden<Exports>(name: string): Exports {
  const require = createRequire(import.meta.url);
  const file = require.resolve(name);
  const isTheirs = file in require.cache;
  const exports = require(file) as Exports;
  if (!isTheirs) delete require.cache[file];
  return exports;
}
