import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import type { ShownClasses } from './classes/classes.ts';

/**
 * What a value is to putting back: `nothing` (null, undefined), a primitive by its type, what is filled in
 * place (`Map`, `Set`, `Array`, `fields`: plain objects and instances of the app's classes; `bytes`), what is
 * taken as a whole (`Date`, `RegExp`, …), and `handle`: what only the code that runs now can make.
 */
export type Kind =
  | 'nothing'
  | 'string'
  | 'number'
  | 'bigint'
  | 'boolean'
  | 'Map'
  | 'Set'
  | 'Array'
  | 'fields'
  | 'bytes'
  | 'Date'
  | 'RegExp'
  | 'URL'
  | 'URLSearchParams'
  | 'Error'
  | 'ArrayBuffer'
  | 'boxed'
  | 'handle';

/** Kinds whose content goes into the object that is there. */
const FILLED = new Set<Kind>(['Map', 'Set', 'Array', 'fields']);

export function isFilled(kind: Kind): boolean {
  return FILLED.has(kind);
}

/** Never calls anything of the app, and no getter. */
export function kindOf(value: unknown, classes: ShownClasses): Kind {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return kindOfObject(value, classes);
  const type = typeof value as 'string' | 'number' | 'bigint' | 'boolean' | 'function' | 'symbol';
  return type === 'function' || type === 'symbol' ? 'handle' : type;
}

function kindOfObject(value: object, classes: ShownClasses): Kind {
  if (types.isProxy(value)) return 'handle';
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Array.prototype) return Array.isArray(value) ? 'Array' : 'handle';
  if (prototype === Map.prototype) return types.isMap(value) ? 'Map' : 'handle';
  if (prototype === Set.prototype) return types.isSet(value) ? 'Set' : 'handle';
  if (prototype === Object.prototype || prototype === null) return kindOfPlain(value);
  return kindOfWhole(value, prototype) ?? kindOfInstance(value, prototype, classes);
}

function kindOfPlain(value: object): Kind {
  const isExotic = types.isModuleNamespaceObject(value) || types.isArgumentsObject(value);
  return isExotic || Object.hasOwn(value, Symbol.toStringTag) ? 'handle' : 'fields';
}

function kindOfWhole(value: object, prototype: object): Kind | undefined {
  if (types.isDate(value)) return 'Date';
  if (types.isRegExp(value)) return 'RegExp';
  if (ArrayBuffer.isView(value)) return 'bytes';
  if (types.isAnyArrayBuffer(value)) return 'ArrayBuffer';
  if (types.isNativeError(value)) return 'Error';
  if (types.isBoxedPrimitive(value)) return 'boxed';
  if (prototype === URL.prototype) return 'URL';
  return prototype === URLSearchParams.prototype ? 'URLSearchParams' : undefined;
}

function kindOfInstance(value: object, prototype: object, classes: ShownClasses): Kind {
  const found = classes.baseOf(prototype);
  if (found === undefined || classes.hiddenIn(prototype) !== undefined) return 'handle';
  const { base } = found;
  if (base === Map.prototype) return types.isMap(value) ? 'Map' : 'handle';
  if (base === Set.prototype) return types.isSet(value) ? 'Set' : 'handle';
  const isOpen = base === null || base === Object.prototype || base === EventEmitter.prototype;
  return isOpen ? 'fields' : 'handle';
}

/** How a message names a value. */
export function describeKind(value: unknown, classes: ShownClasses): string {
  if (value === null || value === undefined) return String(value);
  const kind = kindOf(value, classes);
  if (kind !== 'fields' && kind !== 'handle') return withArticle(kind === 'Array' ? 'array' : kind);
  if (typeof value === 'function') return 'a function';
  const constructor = dataOf(Object.getPrototypeOf(value) ?? {}, 'constructor');
  const name = typeof constructor === 'function' ? constructor.name : '';
  return withArticle(name === '' || name === 'Object' ? 'object' : name);
}

function withArticle(name: string): string {
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** The value of an own property; `undefined` for one with a getter, which is not called. */
export function dataOf(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
