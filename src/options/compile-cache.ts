import module from 'node:module';

/** Node 22.8 and later. */
interface WithCompileCache {
  enableCompileCache?: () => unknown;
}

/**
 * Has Node keep the code that it compiles, in its own folder below that of temporary files: later starts of
 * development are faster. NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 * Not while coverage is collected, which is less precise with it
 * (https://nodejs.org/api/module.html#module-compile-cache).
 */
export function cacheCompiledCode(): void {
  const { NODE_ENV = '', NODE_V8_COVERAGE } = process.env;
  if (/^(production|test)$/.test(NODE_ENV) || NODE_V8_COVERAGE) return;
  (module as WithCompileCache).enableCompileCache?.();
}
