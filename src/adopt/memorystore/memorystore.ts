import { createDebug } from 'obug';
import { replaceMethods } from '../adopted-methods.ts';
import { adoptedStores } from '../adopted.ts';
import type { LoadedModule } from '../../loader/choose-method.ts';
import type { PackageVisit } from '../commonjs-hook.ts';
import { createMethods, type Methods } from './methods.ts';

const debug = createDebug('holdover:adopt');

const NAMES = ['get', 'set', 'touch', 'destroy', 'clear', 'all', 'ids', 'length'] as const;

interface MemoryStoreClass {
  prototype: Methods;
}

/**
 * Adopts the stores of `memorystore`, in every copy of it that the app loads: those that are made after
 * that.
 */
export const memorystore: PackageVisit = {
  name: 'memorystore',
  mainFile: /[\\/]memorystore[\\/]index\.js$/,
  visit: adoptMemorystore,
};

function adoptMemorystore(module: LoadedModule): void {
  const { exports: create, filename } = module;
  if (typeof create !== 'function') {
    debug('%s makes no stores: left alone', filename);
    return;
  }
  module.exports = new Proxy(create, {
    apply(target, self, words: unknown[]) {
      const made = Reflect.apply(target as () => MemoryStoreClass, self, words);
      adoptClass(made, filename);
      return made;
    },
  });
}

function adoptClass(made: MemoryStoreClass, filename: string): void {
  const { prototype } = made;
  if (!NAMES.every((name) => typeof prototype?.[name] === 'function')) {
    debug('the stores of %s are not known: left alone', filename);
    return;
  }
  const theirs = Object.fromEntries(NAMES.map((name) => [name, prototype[name]])) as Methods;
  replaceMethods(
    made,
    createMethods(theirs, (store) => adoptedStores.of(store, 'express')),
  );
  debug('adopted the stores of %s', filename);
}
