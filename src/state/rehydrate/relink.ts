import type { PrivateFields } from '../binding.ts';
import type { ShownClasses } from './classes/classes.ts';
import { entriesOf, membersOf, setMap, setSet } from './collections.ts';
import { isFilled, isObject, kindOf } from './kinds.ts';

/** What a walk over the data of the app has met. */
export interface Met {
  /** Instances that wait for their class, by its name. */
  waiting: Map<string, object[]>;
  /** The prototypes of all instances. */
  prototypes: Set<object>;
}

/**
 * Walks over what was put back: whatever refers to an object whose content is in another one now refers to
 * that one, and instances get the newest class of their name.
 *
 * It goes through plain data, collections and instances of the app's classes only, at any depth, and calls no
 * getter. What is frozen stays as it is.
 */
export function relink(
  roots: unknown[],
  replaced: Map<object, object>,
  classes: ShownClasses,
): Met {
  const relinking = new Relinking(replaced, classes);
  relinking.run(roots);
  return relinking.met;
}

class Relinking {
  readonly met: Met = { waiting: new Map(), prototypes: new Set() };
  readonly #replaced: Map<object, object>;
  readonly #classes: ShownClasses;
  readonly #objects = new Set<object>();
  readonly #rest: object[] = [];

  constructor(replaced: Map<object, object>, classes: ShownClasses) {
    this.#replaced = replaced;
    this.#classes = classes;
  }

  run(roots: unknown[]): void {
    for (const root of roots) this.#meet(root);
    for (let one = this.#rest.pop(); one !== undefined; one = this.#rest.pop()) this.#visit(one);
  }

  /** @returns what stands there from now on */
  #meet(value: unknown): unknown {
    if (!isObject(value)) return value;
    const now = this.#replaced.get(value) ?? value;
    if (!this.#objects.has(now)) {
      this.#objects.add(now);
      this.#rest.push(now);
    }
    return now;
  }

  #visit(object: object): void {
    const kind = kindOf(object, this.#classes);
    if (!isFilled(kind) && kind !== 'Error') return;
    if (kind === 'Map') this.#visitMap(object as Map<unknown, unknown>);
    if (kind === 'Set') this.#visitSet(object as Set<unknown>);
    this.#visitFields(object);
  }

  #visitMap(map: Map<unknown, unknown>): void {
    let isSame = true;
    for (const [key, value] of entriesOf(map)) {
      const now = this.#meet(value);
      if (now !== value) Map.prototype.set.call(map, key, now);
      if (this.#meet(key) !== key) isSame = false;
    }
    if (isSame) return;
    setMap(
      map,
      [...entriesOf(map)].map(([key, value]) => [this.#meet(key), value]),
    );
  }

  #visitSet(set: Set<unknown>): void {
    const members = [...membersOf(set)];
    const now = members.map((member) => this.#meet(member));
    if (now.some((member, i) => member !== members[i])) setSet(set, now);
  }

  #visitFields(object: object): void {
    for (const name of Object.keys(object)) {
      const field = Object.getOwnPropertyDescriptor(object, name) as PropertyDescriptor;
      if (!isObject(field.value)) continue;
      const now = this.#meet(field.value);
      if (now === field.value) continue;
      if (field.writable) Object.defineProperty(object, name, { value: now });
    }
    const prototype = Object.getPrototypeOf(object) as object | null;
    if (prototype === null || this.#classes.baseOf(prototype) === undefined) return;
    for (const fields of this.#classes.privatesOf(object)) this.#visitPrivates(object, fields);
    this.#toNewest(object, prototype);
  }

  #visitPrivates(object: object, { read, write }: PrivateFields): void {
    for (const [i, value] of read(object).entries()) {
      const now = this.#meet(value);
      if (now !== value) write(object, i, now);
    }
  }

  #toNewest(object: object, prototype: object): void {
    const { waiting, prototypes } = this.met;
    prototypes.add(prototype);
    const newest = this.#classes.successorOf(prototype);
    const awaited = this.#classes.awaitedBy(prototype);
    if (newest !== undefined) setPrototype(object, newest);
    else if (awaited !== undefined) {
      const those = waiting.get(awaited);
      if (those) those.push(object);
      else waiting.set(awaited, [object]);
    }
  }
}

/** Of what is frozen, it cannot be set. */
export function setPrototype(object: object, prototype: object): void {
  if (Object.isExtensible(object)) Object.setPrototypeOf(object, prototype);
}
