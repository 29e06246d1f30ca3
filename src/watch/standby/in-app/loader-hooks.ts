import Module, { syncBuiltinESMExports } from 'node:module';

let count: (() => number) | undefined;

/**
 * Counts how often loader hooks have been registered since: they may give packages another source, or
 * load others in their place. `register` and `registerHooks` are wrapped for that, under their names.
 */
export function countLoaderHooks(): () => number {
  if (count) return count;
  let registered = 0;
  const machinery = Module as unknown as Record<string, unknown>;
  for (const name of ['register', 'registerHooks']) {
    const original = machinery[name];
    if (typeof original !== 'function') continue;
    const wrapped = function (this: unknown, ...args: unknown[]): unknown {
      registered++;
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(wrapped, 'name', { value: name });
    Object.defineProperty(wrapped, 'length', { value: original.length });
    machinery[name] = wrapped;
  }
  syncBuiltinESMExports();
  return (count = () => registered);
}
