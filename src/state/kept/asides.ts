import type { Binding } from '../binding.ts';
import type { ShownClasses } from '../rehydrate/classes/classes.ts';
import type { Unfit } from '../rehydrate/context.ts';
import { kindOf } from '../rehydrate/kinds.ts';
import { readPrivates } from '../rehydrate/private-fields.ts';
import type { Rehydrator } from '../rehydrate/rehydrator.ts';
import { addEntries, takeOutWaiting } from '../rehydrate/waiting.ts';
import { sayWaiting } from './sentences.ts';

/** Where a value belongs that has no place in the code of now. JSON. */
export interface AsideFacts {
  /** The key of the binding. */
  of: string;
  /** The names of the fields that lead to it. `undefined` for what is never put back by itself. */
  path?: string[] | undefined;
  /** Whether they are entries of the collection there, and not the value itself. */
  isEntries?: boolean;
}

export interface Aside extends AsideFacts {
  value: unknown;
}

/**
 * Values that could not be put back, because the code of now has another kind of value in their place, or not
 * their class. Each is kept like a binding of its own, and put back when the code fits again.
 */
export class Asides {
  readonly #classes: ShownClasses;
  readonly #rehydrator: Rehydrator;
  readonly #asides = new Map<string, Aside>();
  /** Those of the last run, until their binding is there. */
  readonly #stored: Map<string, AsideFacts>;
  /** The keys of those that were taken from there. */
  readonly #taken = new Set<string>();

  constructor(stored: Map<string, AsideFacts>, rehydrator: Rehydrator, classes: ShownClasses) {
    this.#stored = stored;
    this.#rehydrator = rehydrator;
    this.#classes = classes;
  }

  add(aside: Aside): void {
    this.#asides.set(toKey(aside), aside);
  }

  /** Sets aside what did not fit into a binding, and puts back what does by now. */
  exchange(binding: Binding, unfit: Unfit[]): void {
    const { key } = binding;
    const before = this.#takeOf(key);
    for (const { path, old, privates } of unfit) {
      if (!privates) this.add({ of: key, path, value: old });
    }
    for (const aside of before) {
      const isBack = this.#restore(binding, aside);
      // A newer one has its place.
      if (!isBack && !this.#asides.has(toKey(aside))) this.add(aside);
    }
  }

  /**
   * Takes entries out of a binding that wait for a class which is not there.
   *
   * @returns what is to be said of it
   */
  takeOut(binding: Binding): string[] {
    return takeOutWaiting(binding, this.#classes).map(({ path, value, isEntries, ...taken }) => {
      if (path) this.add({ of: binding.key, path, value, isEntries });
      return sayWaiting(binding.key, taken.count, taken.className);
    });
  }

  #takeOf(key: string): Aside[] {
    for (const [name, aside] of this.#stored) {
      if (aside.of !== key) continue;
      this.#stored.delete(name);
      const old = this.#rehydrator.take(name);
      if (old === undefined) continue;
      this.#taken.add(name);
      this.#asides.set(name, { ...aside, value: old.value });
    }
    const those = [...this.#asides].filter(([, { of, path }]) => of === key && path !== undefined);
    for (const [name] of those) this.#asides.delete(name);
    return those.map(([, aside]) => aside);
  }

  bindings(): Binding[] {
    return Array.from(this.#asides, ([key, { value }]) => ({ key, get: () => value }));
  }

  /** The keys of those of the last run that are no more. */
  get used(): Set<string> {
    return new Set([...this.#taken].filter((key) => !this.#asides.has(key)));
  }

  facts(): [key: string, facts: { aside: AsideFacts }][] {
    return Array.from(this.#asides, ([key, { of, path, isEntries }]) => [
      key,
      { aside: { of, path, ...(isEntries && { isEntries }) } },
    ]);
  }

  #restore(binding: Binding, { path = [], isEntries, value }: Aside): boolean {
    const place = locate(binding, path, this.#classes);
    if (place === undefined) return false;
    if (isEntries) return addEntries(place.get(), value);
    return this.#rehydrator.putBack(place, { value }).unfit.length === 0;
  }
}

function toKey({ of, path = ['set aside'], isEntries }: AsideFacts): string {
  return [of, ...path, ...(isEntries ? ['entries'] : [])].join('.');
}

/** The place that a path leads to, as a binding; `undefined` where the code has none. */
function locate(binding: Binding, path: string[], classes: ShownClasses): Binding | undefined {
  let place: Binding | undefined = binding;
  for (const name of path) {
    const object: unknown = place.get();
    if (kindOf(object, classes) !== 'fields') return undefined;
    place = fieldOf(object as object, name, classes);
    if (place === undefined) return undefined;
  }
  return { ...place, key: binding.key };
}

function fieldOf(object: object, name: string, classes: ShownClasses): Binding | undefined {
  const own = Object.getOwnPropertyDescriptor(object, name);
  if (own?.writable) {
    const set = (value: unknown): void => void Object.defineProperty(object, name, { value });
    return { key: name, get: () => own.value as unknown, set };
  }
  const found = readPrivates(object, classes).find(([one]) => one === name);
  return found && { key: name, get: () => found[1] };
}
