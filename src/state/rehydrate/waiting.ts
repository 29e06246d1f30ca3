import type { Binding } from '../binding.ts';
import type { ShownClasses } from './classes/classes.ts';
import { entriesOf, membersOf } from './collections.ts';
import { dataOf, isFilled, isObject, kindOf } from './kinds.ts';
import { readPrivates } from './private-fields.ts';

/** What was taken out of one place, because it holds instances whose class is not there. */
export interface TakenOut {
  /** The names of the fields that lead to it; `undefined` for a collection within an entry. */
  path: string[] | undefined;
  /** The entries, in a collection of the same kind; or the value of a field. */
  value: unknown;
  isEntries: boolean;
  count: number;
  className: string;
}

/**
 * Takes out what holds instances that still wait for their class: the nearest entry of a Map, a Set or an array
 * that is reached through fields only, whole. A field gets null.
 */
export function takeOutWaiting(binding: Binding, classes: ShownClasses): TakenOut[] {
  const taking = new Taking(classes);
  taking.field({ path: [], value: binding.get(), set: binding.set });
  taking.run();
  return taking.taken;
}

interface Field {
  path: string[];
  value: unknown;
  set?: ((value: unknown) => void) | undefined;
}

class Taking {
  readonly taken: TakenOut[] = [];
  readonly #classes: ShownClasses;
  readonly #seen = new Set<unknown>();
  readonly #rest: Field[] = [];
  /** Maps and Sets within entries. */
  readonly #nested: object[] = [];

  constructor(classes: ShownClasses) {
    this.#classes = classes;
  }

  run(): void {
    for (let one = this.#rest.pop(); one !== undefined; one = this.#rest.pop()) this.#visit(one);
    for (let one = this.#nested.pop(); one !== undefined; one = this.#nested.pop()) {
      this.#takeFrom(one, undefined);
    }
  }

  field(field: Field): void {
    const className = this.#awaitedBy(field.value);
    if (className === undefined || field.set === undefined) this.#rest.push(field);
    else {
      field.set(null);
      const { path, value } = field;
      this.taken.push({ path, value, isEntries: false, count: 1, className });
    }
  }

  #visit({ path, value }: Field): void {
    const kind = kindOf(value, this.#classes);
    if (!isFilled(kind) || this.#seen.has(value)) return;
    this.#seen.add(value);
    if (kind !== 'fields') this.#takeFrom(value as object, path);
    if (kind === 'Array') return;
    for (const name of Object.keys(value as object)) {
      const set = (now: unknown): void => void Object.defineProperty(value, name, { value: now });
      this.field({ path: [...path, name], value: dataOf(value as object, name), set });
    }
    for (const [name, field] of readPrivates(value as object, this.#classes)) {
      this.#rest.push({ path: [...path, name], value: field });
    }
  }

  #takeFrom(collection: object, path: string[] | undefined): void {
    const isMap = collection instanceof Map;
    const members = isMap
      ? [...entriesOf(collection)]
      : [...(Array.isArray(collection) ? collection : membersOf(collection as Set<unknown>))];
    let className: string | undefined;
    const out = members.filter((member) => {
      const found = this.#findAwaited(isMap ? member : [member]);
      className ??= found;
      return found !== undefined;
    });
    if (className === undefined) return;
    this.taken.push({
      path,
      value: remove(collection, out),
      isEntries: true,
      count: out.length,
      className,
    });
  }

  /** The name of a class that something in an entry waits for. */
  #findAwaited(entry: unknown): string | undefined {
    const rest = [entry];
    const seen = new Set<unknown>();
    while (rest.length > 0) {
      const value = rest.pop();
      const kind = kindOf(value, this.#classes);
      if (!isFilled(kind) || seen.has(value)) continue;
      seen.add(value);
      const className = this.#awaitedBy(value);
      if (className !== undefined) return className;
      if (kind === 'Map' || kind === 'Set') this.#addNested(value as object);
      else rest.push(...Object.keys(value as object).map((name) => dataOf(value as object, name)));
    }
    return undefined;
  }

  #addNested(collection: object): void {
    if (this.#seen.has(collection)) return;
    this.#seen.add(collection);
    this.#nested.push(collection);
  }

  #awaitedBy(value: unknown): string | undefined {
    if (!isObject(value)) return undefined;
    const prototype = Object.getPrototypeOf(value) as object | null;
    return prototype === null ? undefined : this.#classes.awaitedBy(prototype);
  }
}

/** @returns what was removed, in a collection of the same kind */
function remove(collection: object, out: unknown[]): unknown {
  if (collection instanceof Map) {
    const entries = out as [unknown, unknown][];
    for (const [key] of entries) Map.prototype.delete.call(collection, key);
    return new Map(entries);
  }
  if (collection instanceof Set) {
    for (const member of out) Set.prototype.delete.call(collection, member);
    return new Set(out);
  }
  const array = collection as unknown[];
  const gone = new Set(out);
  const rest = array.filter((member) => !gone.has(member));
  array.length = 0;
  for (const member of rest) array.push(member);
  return out;
}

/** Puts entries back that were taken out of a collection. What it has by now stays. */
export function addEntries(to: unknown, entries: unknown): boolean {
  if (to instanceof Map && entries instanceof Map) {
    for (const [key, value] of entriesOf(entries)) {
      if (!Map.prototype.has.call(to, key)) Map.prototype.set.call(to, key, value);
    }
  } else if (to instanceof Set && entries instanceof Set) {
    for (const member of membersOf(entries)) Set.prototype.add.call(to, member);
  } else if (Array.isArray(to) && Array.isArray(entries)) {
    for (const member of entries) to.push(member);
  } else return false;
  return true;
}
