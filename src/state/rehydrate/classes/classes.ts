import type { AppClass, Classes, PrivateFields } from '../../binding.ts';
import { privateTextOf } from '../../private-text.ts';

interface Shown {
  name: string;
  /** Relative; empty for a class that was given in code. */
  file: string;
  of: AppClass;
}

/**
 * The classes of the app that were shown to us, by name and by prototype.
 *
 * Where a file is evaluated anew, its newest class of a name is the one, and the older ones still have that
 * name. A class of the same name in another file makes both names longer: `models/item.ts#Item`.
 */
export class ShownClasses implements Classes {
  readonly #byPrototype = new WeakMap<object, Shown>();
  /** By name, then by file, the newest file last. */
  readonly #byName = new Map<string, Map<string, Shown>>();
  readonly #privates = new WeakMap<object, PrivateFields>();
  readonly #standIns = new Map<string, AppClass>();
  readonly #standInNames = new WeakMap<object, string>();

  show(file: string, name: string, value: unknown): void {
    if (!isClass(value) || this.#byPrototype.has(value.prototype)) return;
    const shown = { name, file, of: value };
    this.#byPrototype.set(value.prototype, shown);
    const files = this.#byName.get(name) ?? new Map<string, Shown>();
    files.delete(file);
    this.#byName.set(name, files.set(file, shown));
  }

  notePrivates(of: AppClass, fields: PrivateFields): void {
    this.#privates.set(of.prototype, fields);
  }

  readonly nameOf = (prototype: object): string | undefined => {
    const standIn = this.#standInNames.get(prototype);
    const shown = this.#byPrototype.get(prototype);
    if (standIn !== undefined || shown === undefined) return standIn;
    const { name, file } = shown;
    return this.#byName.get(name)?.size === 1 ? name : `${file}#${name}`;
  };

  /**
   * The class of that name. For one that is not there, or whose instances cannot be made without its
   * constructor, one that stands in for it: its instances wait.
   */
  readonly find = (name: string): AppClass => this.#findMakeable(name) ?? this.#standInFor(name);

  /** Whether some instances may wait. */
  get hasStandIns(): boolean {
    return this.#standIns.size > 0;
  }

  /** Those of an instance, those of the classes that it extends first. */
  readonly privatesOf = (object: object): PrivateFields[] =>
    this.#chainOf(Object.getPrototypeOf(object))
      .map((prototype) => this.#privates.get(prototype))
      .filter((fields) => fields?.has(object) === true)
      .toReversed() as PrivateFields[];

  /** What the classes of the app that an instance is of extend in the end; `undefined` if it is of none. */
  baseOf(prototype: object): { base: object | null } | undefined {
    if (this.#standInNames.has(prototype)) return { base: Object.prototype };
    if (!this.#byPrototype.has(prototype)) return undefined;
    let base: object | null = prototype;
    while (base !== null && this.#byPrototype.has(base)) base = Object.getPrototypeOf(base);
    return { base };
  }

  /** Whether instances can be made without the constructor. */
  canMake(prototype: object): boolean {
    const found = this.baseOf(prototype);
    const isPlain = found?.base === Object.prototype || found?.base === null;
    return isPlain && !this.#hasPrivates(prototype);
  }

  /** The name of the class among those of an instance that has private fields which nobody can reach. */
  hiddenIn(prototype: object): string | undefined {
    return this.#shownOf(prototype).find(({ of }) => {
      const sort = privateTextOf(of);
      return sort === 'lowered' || (sort === 'fields' && !this.#privates.has(of.prototype));
    })?.name;
  }

  /** The name that an object waits for, by its prototype. */
  awaitedBy(prototype: object): string | undefined {
    return this.#standInNames.get(prototype);
  }

  /** What the prototype of an older instance is to be now, where that is another one. */
  successorOf(prototype: object): object | undefined {
    const awaited = this.#standInNames.get(prototype);
    if (awaited !== undefined) return this.#findMakeable(awaited)?.prototype;
    const shown = this.#byPrototype.get(prototype);
    const newest = shown && this.#byName.get(shown.name)?.get(shown.file);
    if (newest === undefined || newest === shown) return undefined;
    // The methods of a class reach the private members of its own instances only.
    const both = [prototype, newest.of.prototype];
    return both.some((one) => this.#hasPrivates(one)) ? undefined : newest.of.prototype;
  }

  #findMakeable(name: string): AppClass | undefined {
    const cut = name.lastIndexOf('#');
    const files = this.#byName.get(name.slice(cut + 1));
    const shown = cut === -1 ? [...(files?.values() ?? [])].at(-1) : files?.get(name.slice(0, cut));
    return shown && this.#canBeMade(shown.of.prototype) ? shown.of : undefined;
  }

  /** Whether instances can be made in any way. Errors are made by the class of JavaScript that they extend. */
  #canBeMade(prototype: object): boolean {
    const base = this.baseOf(prototype)?.base;
    const isError = base !== null && (base === Error.prototype || base instanceof Error);
    return isError ? !this.#hasPrivates(prototype) : this.canMake(prototype);
  }

  #standInFor(name: string): AppClass {
    const found = this.#standIns.get(name);
    if (found !== undefined) return found;
    // oxlint-disable-next-line typescript/no-extraneous-class
    const made = class {};
    this.#standIns.set(name, made);
    this.#standInNames.set(made.prototype, name);
    return made;
  }

  #hasPrivates(prototype: object): boolean {
    return this.#shownOf(prototype).some(({ of }) => privateTextOf(of) !== 'none');
  }

  #shownOf(prototype: object): Shown[] {
    return this.#chainOf(prototype)
      .map((one) => this.#byPrototype.get(one))
      .filter((shown) => shown !== undefined);
  }

  /** The prototypes from this one up to that of plain objects, which is not among them. */
  #chainOf(prototype: object | null): object[] {
    const chain: object[] = [];
    for (let one = prototype; one !== null && one !== Object.prototype;) {
      chain.push(one);
      one = Object.getPrototypeOf(one);
    }
    return chain;
  }
}

function isClass(value: unknown): value is AppClass {
  if (typeof value !== 'function') return false;
  const { prototype } = value as { prototype: unknown };
  return typeof prototype === 'object' && prototype !== null;
}
