import Module, { createRequire } from 'node:module';
import process from 'node:process'; // the object itself: the global may be behind a membrane

import { CHANNEL } from './harmless-calls.ts';
import { takeFacts } from './process-facts.ts';

/** One object that everybody shares, as it was: for each of its own keys three entries in `values`. */
interface Part {
  name: string;
  target: object;
  keys: (string | symbol)[];
  /** Getter or value, setter, whether it was a getter. */
  values: unknown[];
}

/** What all code of a process shares, as it was at one time. */
export interface World {
  parts: Part[];
  facts: unknown[];
}

/** Node's own accounts of its listeners, its channel and its main module, and our wrapper, which is looked after elsewhere. */
const NOT_COMPARED = new Map<object, ReadonlySet<string | symbol>>([
  [
    process,
    new Set([
      '_events',
      '_eventsCount',
      '_maxListeners',
      'domain',
      '_exiting',
      'mainModule',
      ...CHANNEL,
    ]),
  ],
  [Module.prototype, new Set(['_compile'])],
]);

/** What is loaded, who listens, and the environment: compared on their own, where they matter. */
const NO_MACHINERY = new Set<string | symbol>(['_cache', '_events', '_pathCache', 'env']);

const require = createRequire(import.meta.url);

/** As they were first found: in the probe `require` gives a membrane before long. */
const loaded = new Map<string, object>();

/**
 * Notes what app code could have patched: the globals, the constructors and their prototypes, process,
 * console, the machinery of `require`, and the exports of these builtins with the prototypes of their
 * classes. Identities only: no getter runs. About a millisecond.
 */
export function takeWorld(builtins: readonly string[] = []): World {
  return { parts: [...sharedObjects(builtins)].map(toPart), facts: takeFacts() };
}

/**
 * What is different now, by name; `undefined` when nothing is. That Node has replaced one of its lazy
 * getters by the value is no difference.
 */
export function findChange(world: World): string | undefined {
  const facts = takeFacts();
  const fact = facts.findIndex((value, index) => value !== world.facts[index]);
  if (fact !== -1) return `the process (${String(facts[fact]).slice(0, 40)})`;
  for (const part of world.parts) {
    const change = findChangeIn(part);
    if (change) return change;
  }
  return undefined;
}

function findChangeIn({ name, target, keys, values }: Part): string | undefined {
  const now = comparedKeys(target);
  if (now.length !== keys.length)
    return `${name} (${now.filter((key) => !keys.includes(key)).map(String)})`;
  for (let index = 0; index < now.length; index++) {
    const key = now[index] as string | symbol;
    if (key !== keys[index]) return `${name}.${String(key)}`;
    const descriptor = Reflect.getOwnPropertyDescriptor(target, key) as PropertyDescriptor;
    const value = values[3 * index];
    const setter = values[3 * index + 1];
    const wasGetter = values[3 * index + 2];
    if (Object.is(descriptor.get ?? descriptor.value, value) && descriptor.set === setter) continue;
    if (wasGetter && isLazyValue(target, key, descriptor, value)) continue;
    return `${name}.${String(key)}`;
  }
  return undefined;
}

/** Lazy getters of Node replace themselves by their value when they are first read. */
function isLazyValue(
  target: object,
  key: string | symbol,
  now: PropertyDescriptor,
  getter: unknown,
): boolean {
  if (now.get || typeof getter !== 'function') return false;
  const value = Reflect.apply(getter, target, []) as unknown; // may define it anew
  Object.defineProperty(target, key, now);
  return value === now.value;
}

function comparedKeys(target: object): (string | symbol)[] {
  const keys = Reflect.ownKeys(target);
  const ignored = NOT_COMPARED.get(target);
  return ignored ? keys.filter((key) => !ignored.has(key) && !isOfChannel(key)) : keys;
}

/** Symbols of Node on process that change with its channel and its listeners. */
function isOfChannel(key: string | symbol): boolean {
  return typeof key === 'symbol' && /^(?:kChannelHandle|shapeMode)$/.test(key.description ?? '');
}

function toPart([target, name]: [object, string]): Part {
  const keys = comparedKeys(target);
  const values: unknown[] = [];
  for (const key of keys) {
    const descriptor = Reflect.getOwnPropertyDescriptor(target, key) as PropertyDescriptor;
    values.push(descriptor.get ?? descriptor.value, descriptor.set, descriptor.get !== undefined);
  }
  return { name, target, keys, values };
}

function sharedObjects(builtins: readonly string[]): Map<object, string> {
  const shared = new Map<object, string>([
    [globalThis, 'globalThis'],
    [process, 'process'],
    [console, 'console'],
    [Object.getPrototypeOf(process), 'process.prototype'],
    [process.versions, 'process.versions'],
    [process.release, 'process.release'],
    [Module, 'Module'],
    [(Module as unknown as { _extensions: object })._extensions, 'require.extensions'],
  ]);
  addWithPrototypes(shared, globalThis, 'globalThis');
  addWithPrototypes(shared, Module, 'Module');
  addHiddenIntrinsics(shared);
  for (const name of builtins) {
    const exports = loaded.get(name) ?? (require(name) as object);
    loaded.set(name, exports);
    shared.set(exports, name);
    addWithPrototypes(shared, exports, name);
  }
  return shared;
}

/** The functions and namespaces among the values of an object, and the prototypes of the classes. */
function addWithPrototypes(shared: Map<object, string>, target: object, name: string): void {
  for (const key of Reflect.ownKeys(target)) {
    const value = Reflect.getOwnPropertyDescriptor(target, key)?.value as unknown;
    if (!isObject(value)) continue;
    if (NO_MACHINERY.has(key)) continue;
    const path = `${name}.${String(key)}`;
    const isNamespace = Object.prototype.toString.call(value) === '[object Object]';
    if (Object.isFrozen(value)) continue; // tables of constants
    const isMade = /^[A-Z]/.test(String(key)); // Math, JSON, Intl, constructors
    if (!shared.has(value) && (isMade || (isNamespace && target !== globalThis))) {
      shared.set(value, path);
    }
    if (typeof value !== 'function') continue;
    const prototype = Reflect.getOwnPropertyDescriptor(value, 'prototype')?.value as unknown;
    // Every function has a prototype; that of a class has more than the class in it.
    const isOfClass = isObject(prototype) && (isMade || Reflect.ownKeys(prototype).length > 1);
    if (isOfClass) shared.set(prototype, `${path}.prototype`);
  }
}

/** Prototypes that have no name of their own. */
function addHiddenIntrinsics(shared: Map<object, string>): void {
  const iterator = Object.getPrototypeOf([][Symbol.iterator]()) as object;
  const generator = Object.getPrototypeOf(function* () {}) as object;
  const asyncFunction = Object.getPrototypeOf(async () => {}) as object;
  const typedArray = Object.getPrototypeOf(Uint8Array) as { prototype: object };
  shared.set(iterator, 'ArrayIterator');
  shared.set(Object.getPrototypeOf(iterator) as object, 'Iterator');
  shared.set(generator, 'GeneratorFunction');
  shared.set((generator as { prototype: object }).prototype, 'Generator');
  shared.set(asyncFunction, 'AsyncFunction');
  shared.set(typedArray, 'TypedArray');
  shared.set(typedArray.prototype, 'TypedArray.prototype');
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
