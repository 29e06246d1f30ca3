import type { ShownClasses } from './classes/classes.ts';
import { entriesOf, membersOf } from './collections.ts';
import { dataOf, isFilled, isObject, kindOf } from './kinds.ts';
import { readPrivates } from './private-fields.ts';

/**
 * Whether an entry of a collection holds what only the code that runs now can make (a function, a socket),
 * so that no record can have it. Entries of Maps and Sets within it stand for themselves.
 */
export function holdsHandle(entry: unknown, classes: ShownClasses): boolean {
  const seen = new Set<unknown>();
  const rest = [entry];
  while (rest.length > 0) {
    const value = rest.pop();
    const kind = kindOf(value, classes);
    if (kind === 'handle' || !canMake(value, classes)) return true;
    if (!isFilled(kind) || kind === 'Map' || kind === 'Set' || seen.has(value)) continue;
    seen.add(value);
    if (!pushFields(value as object, rest)) return true;
  }
  return false;
}

/** Whether an object like it can be made again without the app. */
function canMake(value: unknown, classes: ShownClasses): boolean {
  if (!isObject(value)) return true;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || !classes.baseOf(prototype) || classes.canMake(prototype);
}

/** @returns whether all of its fields are plain ones; those that a symbol names count as handles */
function pushFields(object: object, rest: unknown[]): boolean {
  const fields = Object.getOwnPropertyDescriptors(object) as Record<
    PropertyKey,
    PropertyDescriptor
  >;
  for (const key of Reflect.ownKeys(fields)) {
    const field = fields[key] as PropertyDescriptor;
    if (!field.enumerable) continue;
    if (typeof key === 'symbol' || !('value' in field)) return false;
    rest.push(field.value);
  }
  return true;
}

/**
 * Notes which entries of the collections of a value that the code has just made hold handles: its tables of
 * functions. They are the new code's, as handles in fields are.
 *
 * @param noted what the entries are added to
 */
export function noteCodeMade(value: unknown, classes: ShownClasses, noted: WeakSet<object>): void {
  const seen = new Set<unknown>();
  const rest = [value];
  while (rest.length > 0) {
    const one = rest.pop();
    const kind = kindOf(one, classes);
    if (!isFilled(kind) || seen.has(one)) continue;
    seen.add(one);
    if (kind !== 'fields') noteEntries(entriesIn(one as object), classes, noted);
    if (kind === 'Array') continue;
    for (const name of Object.keys(one as object)) rest.push(dataOf(one as object, name));
    for (const [, field] of readPrivates(one as object, classes)) rest.push(field);
  }
}

function noteEntries(entries: unknown[], classes: ShownClasses, noted: WeakSet<object>): void {
  for (const entry of entries) {
    if (isObject(entry) && holdsHandle(entry, classes)) noted.add(entry);
  }
}

function entriesIn(collection: object): unknown[] {
  if (collection instanceof Map) return [...entriesOf(collection)].map(([, value]) => value);
  return collection instanceof Set ? [...membersOf(collection)] : (collection as unknown[]);
}
