import { types } from 'node:util';
import { hashText, mix } from './hash.ts';

/** A class or a function. */
export type Class = (...args: never[]) => unknown;

export type Collection = Map<unknown, unknown> | Set<unknown> | unknown[];

// Of a class that the app may have derived from them, they would be the app's.
export const mapEntries = Map.prototype.entries;
export const setValues = Set.prototype.values;

const { toString } = Function.prototype;

/** The text of a function or class. */
export function textOf(of: Class): string {
  return toString.call(of);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether it is a Map, a Set or an array. */
export function isListed(value: unknown): boolean {
  return isObject(value) && isCollection(value);
}

export function isCollection(value: object): value is Collection {
  return (
    types.isMap(value) || types.isSet(value) || (!types.isProxy(value) && Array.isArray(value))
  );
}

/** The class that a prototype is of. */
export function classOf(prototype: object): Class | undefined {
  const { value } = Object.getOwnPropertyDescriptor(prototype, 'constructor') ?? {};
  return typeof value === 'function' && !types.isProxy(value) ? (value as Class) : undefined;
}

/** The class of an object and those that it extends; none for a plain one. */
export function classesOf(value: object): (Class | undefined)[] {
  const classes: (Class | undefined)[] = [];
  let at = Object.getPrototypeOf(value) as object | null;
  for (; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    if (types.isProxy(at)) return [...classes, undefined];
    classes.push(classOf(at));
  }
  return classes;
}

/** The own properties of an object that are no accessors. */
export function dataOf(value: object): [name: string, value: unknown][] {
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value));
  return entries.flatMap(([name, descriptor]): [string, unknown][] =>
    'value' in descriptor ? [[name, descriptor.value]] : [],
  );
}

/** What is in an array, without getters being called. */
export function* elementsOf(array: unknown[]): Generator<unknown> {
  for (let i = 0; i < array.length; i++) yield Object.getOwnPropertyDescriptor(array, i)?.value;
}

/** How much of a buffer is looked at, in bytes. */
const MOST_BYTES = 65_536;

/** Of what is data and has no fields. */
export function hashPlain(value: object): number | undefined {
  if (types.isDate(value)) return hashText(`Date ${Date.prototype.getTime.call(value)}`);
  if (types.isRegExp(value)) return hashText(`RegExp ${RegExp.prototype.toString.call(value)}`);
  if (types.isNativeError(value)) return hashText(`Error ${String(dataOf(value))}`);
  if (value instanceof URL) return hashText(`URL ${value.href}`);
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    const bytes = Buffer.from(buffer, byteOffset, Math.min(byteLength, MOST_BYTES));
    return mix(hashText(bytes.toString('latin1')), byteLength);
  }
  return types.isAnyArrayBuffer(value) ? value.byteLength : undefined;
}
