import { areReplaced, noteReplaced } from '../session/adoptable.ts';
import { adoptedStores } from './adopted.ts';

type Method = (this: object, ...args: never[]) => unknown;
type Methods = Record<string, Method>;

interface MemoryStoreClass {
  prototype: object;
}

/**
 * Puts another function in the place of a method, with the name and the length that this has.
 *
 * @param make makes it of the method
 * @returns whether there is such a method; if not, nothing is changed
 */
export function replaceMethod<Theirs extends (...args: never[]) => unknown>(
  target: object,
  name: string,
  make: (theirs: Theirs) => Theirs,
): boolean {
  const theirs = Reflect.get(target, name) as Theirs | undefined;
  if (typeof theirs !== 'function') return false;
  const value = named(make(theirs), theirs.name, theirs.length);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return true;
}

function named<Made extends object>(method: Made, name: string, length: number): Made {
  return Object.defineProperties(method, { name: { value: name }, length: { value: length } });
}

/**
 * Puts methods in the place of those of a memory store. A store that has one of them of its own, from its
 * class or from the app, is left with those that it had: with some of each, what one writes the other would
 * not find. One that is in use stays as it is.
 */
export function replaceMethods({ prototype }: MemoryStoreClass, methods: object): void {
  if (areReplaced(prototype)) return; // it is seen by `holdover/register` and by the plugin of Vite
  const placed: Methods = {};
  const isWhole = (store: object): boolean =>
    Object.entries(placed).every(([name, method]) => (store as Methods)[name] === method);
  const isOurs = (store: object): boolean =>
    adoptedStores.find(store) !== undefined || isWhole(store);
  for (const [name, ours] of Object.entries(methods as Methods)) {
    const theirs = (prototype as Partial<Methods>)[name];
    const method: Method = function (...args) {
      return Reflect.apply(theirs && !isOurs(this) ? theirs : ours, this, args);
    };
    placed[name] = named(method, name, ours.length);
  }
  Object.assign(prototype, placed);
  noteReplaced(prototype, isWhole);
}
