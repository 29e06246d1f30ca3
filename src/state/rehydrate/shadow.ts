import type { ShownClasses } from './classes/classes.ts';
import {
  copyBytes,
  define,
  entriesOf,
  hasSameBytes,
  hasSameEntries,
  hasSameMembers,
  membersOf,
} from './collections.ts';
import type { OldPrivate } from './context.ts';
import { isFilled, kindOf } from './kinds.ts';
import { readPrivates } from './private-fields.ts';

/**
 * What a binding held at one moment: the objects that are reached through fields only, copied, and what hangs
 * in them as it is. It can be put back like any old value.
 */
export class Shadow {
  readonly root: unknown;
  readonly #classes: ShownClasses;
  readonly #copies = new Map<unknown, object>();
  readonly #originals = new Map<object, object>();
  readonly #privates = new Map<object, OldPrivate[]>();
  /** Objects whose fields are still to be copied, and their copies. */
  readonly #rest: [object, object][] = [];

  constructor(value: unknown, classes: ShownClasses) {
    this.#classes = classes;
    this.root = this.#copy(value);
    for (let one = this.#rest.pop(); one !== undefined; one = this.#rest.pop()) {
      this.#copyFields(...one);
    }
  }

  /** What leads to all that it holds. */
  roots(): unknown[] {
    return [this.root, ...[...this.#privates.values()].flat(2)];
  }

  privatesOf(copy: object): OldPrivate[] {
    return this.#privates.get(copy) ?? [];
  }

  /**
   * Whether the binding still holds the same. Fields that were added do not count, nor does what has a handle
   * in its place: both are the code's.
   */
  isSame(value: unknown): boolean {
    const rest: [now: unknown, copy: unknown][] = [[value, this.root]];
    const seen = new Set<unknown>();
    for (let pair = rest.pop(); pair !== undefined; pair = rest.pop()) {
      const [now, copy] = pair;
      if (kindOf(now, this.#classes) === 'handle') continue;
      if ((this.#copies.get(now) ?? now) !== copy && !Object.is(now, copy)) return false;
      if (seen.has(copy) || !isCopied(kindOf(copy, this.#classes))) continue;
      seen.add(copy);
      if (!this.#hasSameContent(now as object, copy as object, rest)) return false;
    }
    return true;
  }

  /** To be called when objects have their content in others from now on. */
  follow(replaced: Map<object, object>): void {
    for (const [object, copy] of this.#copies) {
      const now = replaced.get(object as object);
      if (now === undefined) continue;
      this.#copies.delete(object);
      this.#copies.set(now, copy);
      this.#originals.set(copy, now);
    }
  }

  /** Of which object a copy was made. */
  originalOf(copy: object): object | undefined {
    return this.#originals.get(copy);
  }

  #copy(value: unknown): unknown {
    const kind = kindOf(value, this.#classes);
    if (!isCopied(kind)) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    const copy = this.#copyContent(value as object);
    this.#copies.set(value, copy);
    this.#originals.set(copy, value as object);
    return copy;
  }

  #copyContent(object: object): object {
    if (ArrayBuffer.isView(object)) return copyBytes(object);
    const copy = createLike(object);
    this.#rest.push([object, copy]);
    return copy;
  }

  #copyFields(object: object, copy: object): void {
    // What hangs in an array is as it is; fields lead on.
    const isArray = Array.isArray(object);
    for (const name of Object.keys(object)) {
      const field = Object.getOwnPropertyDescriptor(object, name) as PropertyDescriptor;
      if (!('value' in field)) continue;
      if (isArray) define(copy, name, field.value);
      else if (kindOf(field.value, this.#classes) !== 'handle') {
        define(copy, name, this.#copy(field.value));
      }
    }
    if (isArray) return;
    const privates = readPrivates(object, this.#classes).map(([name, value]): OldPrivate => [
      name,
      this.#copy(value),
    ]);
    if (privates.length > 0) this.#privates.set(copy, privates);
  }

  #hasSameContent(now: object, copy: object, rest: [unknown, unknown][]): boolean {
    if (ArrayBuffer.isView(copy)) return hasSameBytes(now as typeof copy, copy);
    if (Array.isArray(copy)) return hasSameElements(now, copy);
    if (copy instanceof Map && !hasSameEntries(now as typeof copy, copy)) return false;
    if (copy instanceof Set && !hasSameMembers(now as typeof copy, copy)) return false;
    return this.#matchFields(now, copy, rest);
  }

  #matchFields(now: object, copy: object, rest: [unknown, unknown][]): boolean {
    for (const name of Object.keys(copy)) {
      const field = Object.getOwnPropertyDescriptor(now, name);
      if (field === undefined) return false;
      if ('value' in field) rest.push([field.value, (copy as Record<string, unknown>)[name]]);
    }
    const privates = readPrivates(now, this.#classes);
    for (const [i, [, value]] of this.privatesOf(copy).entries())
      rest.push([privates[i]?.[1], value]);
    return true;
  }
}

/** With the entries of a collection, and without any fields. */
function createLike(object: object): object {
  if (object instanceof Map) return new Map(entriesOf(object));
  if (object instanceof Set) return new Set(membersOf(object));
  if (!Array.isArray(object))
    return Object.create(Object.getPrototypeOf(object) as object) as object;
  const array: unknown[] = [];
  array.length = object.length;
  return array;
}

function isCopied(kind: ReturnType<typeof kindOf>): boolean {
  return isFilled(kind) || kind === 'bytes';
}

function hasSameElements(now: object, copy: unknown[]): boolean {
  const names = Object.keys(copy);
  if ((now as unknown[]).length !== copy.length || Object.keys(now).length !== names.length)
    return false;
  return names.every((name) =>
    Object.is(
      Object.getOwnPropertyDescriptor(now, name)?.value,
      (copy as unknown as Record<string, unknown>)[name],
    ),
  );
}
