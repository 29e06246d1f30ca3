import { posix } from 'node:path';
import { types } from 'node:util';
import type { AppClass, PrivateFields } from '../binding.ts';
import jsTokens from 'js-tokens';

interface Shown {
  name: string;
  /** From the root of the project; empty for a class that was given in code. */
  file: string;
  of: AppClass;
}

/**
 * The classes of the app that kept files and `preserve()` have shown, by name and by prototype.
 *
 * Where a file is evaluated anew, its newest class of a name counts, and the older ones still have that name. A
 * class of the same name in another file makes both names longer: `models/item.ts#Item`.
 */
export class AppClasses {
  readonly #byPrototype = new WeakMap<object, Shown>();
  /** By name, then by file, the newest file last. */
  readonly #byName = new Map<string, Map<string, Shown>>();
  readonly #privates = new WeakMap<object, PrivateFields>();

  /** @returns whether it takes the place of an older evaluation of the class */
  show(file: string, name: string, value: unknown): boolean {
    if (!isClass(value) || this.#byPrototype.has(value.prototype)) return false;
    const shown = { name, file, of: value };
    this.#byPrototype.set(value.prototype, shown);
    const files = this.#byName.get(name) ?? new Map<string, Shown>();
    const isRenewed = files.delete(file);
    this.#byName.set(name, files.set(file, shown));
    return isRenewed;
  }

  notePrivates(of: AppClass, fields: PrivateFields): void {
    this.#privates.set(of.prototype, fields);
  }

  /** Returns the name of the class with this prototype; undefined for one that was not shown. */
  nameOf(prototype: object): string | undefined {
    const shown = this.#byPrototype.get(prototype);
    if (!shown) return undefined;
    return this.#byName.get(shown.name)?.size === 1 ? shown.name : `${shown.file}#${shown.name}`;
  }

  /** Returns the class of a name; undefined where it was not shown, or its instances cannot be made. */
  find(name: string): AppClass | undefined {
    const cut = name.lastIndexOf('#');
    const files = this.#byName.get(name.slice(cut + 1));
    const shown = cut === -1 ? [...(files?.values() ?? [])].at(-1) : files?.get(name.slice(0, cut));
    return shown && !this.hasPrivates(shown.of.prototype) ? shown.of : undefined;
  }

  /** Returns the private fields of an instance, those of the classes that it extends first. */
  privatesOf(object: object): PrivateFields[] {
    return chainOf(Object.getPrototypeOf(object))
      .map((prototype) => this.#privates.get(prototype))
      .filter((fields) => fields?.has(object) === true)
      .toReversed() as PrivateFields[];
  }

  /** Returns what the app's classes of an instance extend in the end; undefined for no class of the app. */
  baseOf(prototype: object): { base: object | null } | undefined {
    if (!this.#byPrototype.has(prototype)) return undefined;
    let base: object | null = prototype;
    while (base !== null && this.#byPrototype.has(base)) base = Object.getPrototypeOf(base);
    return { base };
  }

  /** Whether a class, or one that it extends, has private members: only its own constructor can make an instance. */
  hasPrivates(prototype: object): boolean {
    return this.#shownOf(prototype).some(({ of }) => privateTextOf(of) !== 'none');
  }

  /** As `hiddenIn`, of a value. */
  hiddenOf(value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
    const prototype = Object.getPrototypeOf(value) as object | null;
    return prototype === null ? undefined : this.hiddenIn(prototype);
  }

  /** Returns the name of the class among those of an instance whose private fields cannot be reached. */
  hiddenIn(prototype: object): string | undefined {
    return this.#shownOf(prototype).find(({ of }) => {
      const text = privateTextOf(of);
      return text === 'lowered' || (text === 'fields' && !this.#privates.has(of.prototype));
    })?.name;
  }

  /** Returns the newest prototype for instances of an older evaluation; undefined where theirs is the newest. */
  successorOf(prototype: object): object | undefined {
    const shown = this.#byPrototype.get(prototype);
    const newest = shown && this.#byName.get(shown.name)?.get(shown.file);
    if (newest === undefined || newest === shown) return undefined;
    // The methods of a class reach the private members of its own instances only.
    const both = [prototype, newest.of.prototype as object];
    return both.some((one) => this.hasPrivates(one)) ? undefined : (newest.of.prototype as object);
  }

  #shownOf(prototype: object): Shown[] {
    return chainOf(prototype).flatMap((one) => this.#byPrototype.get(one) ?? []);
  }
}

/** Returns the prototypes from this one up to that of plain objects, which is not among them. */
function chainOf(prototype: object | null): object[] {
  const chain: object[] = [];
  let one = prototype;
  while (one !== null && one !== Object.prototype && !types.isProxy(one)) {
    chain.push(one);
    one = Object.getPrototypeOf(one) as object | null;
  }
  return chain;
}

/** A Proxy may throw whenever it is touched, and is no class of the app. */
function isClass(value: unknown): value is AppClass {
  if (typeof value !== 'function' || types.isProxy(value)) return false;
  const { prototype } = value as { prototype: unknown };
  return typeof prototype === 'object' && prototype !== null;
}

/**
 * Returns the classes among what a module has shown: those that it imports have the file that they are imported from,
 * without its ending, and may be exports of what is imported as a whole.
 *
 * @param path of the module, from the root of the project
 * @param shown `Room`, or `./room#Room` for what it imports
 * @throws ReferenceError for a module that is not evaluated yet
 */
export function findClasses(
  path: string,
  shown: string,
  value: unknown,
): [file: string, name: string, of: unknown][] {
  const cut = shown.lastIndexOf('#');
  if (cut === -1) return isOfSyntax(value) ? [[path, shown, value]] : [];
  const source = shown.slice(0, cut);
  const full = source.startsWith('.') ? posix.join(posix.dirname(path), source) : source;
  const file = full.replace(/\.[cm]?[jt]sx?$/, '');
  if (isOfSyntax(value)) return [[file, shown.slice(cut + 1), value]];
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return [];
  const isOfExports = types.isModuleNamespaceObject(value) || Object.hasOwn(value, '__esModule');
  return Object.keys(value).flatMap((name): [string, string, unknown][] => {
    const field = Object.getOwnPropertyDescriptor(value, name);
    // A compiler has made the getters of a module.
    const of: unknown = isOfExports ? (value as Record<string, unknown>)[name] : field?.value;
    return isOfSyntax(of) ? [[file, name === 'default' ? of.name : name, of]] : [];
  });
}

/** Whether a value is a class of the syntax that has its name. */
function isOfSyntax(value: unknown): value is AppClass {
  return isClass(value) && Function.prototype.toString.call(value).startsWith('class');
}

/** What TypeScript and esbuild make of private members for older targets: WeakMaps beside the class. */
const LOWERED = /\b__(?:private(?:Add|Get|Set|In|Method)|classPrivateField)/;
/** What stands before a private name that is no field of an instance, and behind it. */
const BEFORE_OTHERS = new Set(['.', '?.', 'static', 'get', 'set', 'async', '*', '(', '!']);
const BEHIND_OTHERS = new Set(['(', 'in']);
const BLANK = new Set([
  'WhiteSpace',
  'LineTerminatorSequence',
  'MultiLineComment',
  'SingleLineComment',
]);

const known = new WeakMap<object, PrivateText>();

/** The private members that the text of a class has: fields are those of its instances. */
type PrivateText = 'none' | 'methods' | 'fields' | 'lowered';

/**
 * Tells from the text of a class whether it has private members (`#videos`), which only its own constructor
 * can give to an object. `#` in strings and comments does not count.
 *
 * @param of a class; one of Node, which has no text, has none
 */
function privateTextOf(of: object): PrivateText {
  const found = known.get(of);
  if (found !== undefined) return found;
  const sort = look(Function.prototype.toString.call(of));
  known.set(of, sort);
  return sort;
}

function look(text: string): PrivateText {
  if (LOWERED.test(text)) return 'lowered';
  if (!text.includes('#')) return 'none';
  const tokens = [...jsTokens(text)].filter(({ type }) => !BLANK.has(type));
  const hasField = tokens.some(
    ({ type }, i) =>
      type === 'PrivateIdentifier' &&
      !BEFORE_OTHERS.has(tokens[i - 1]?.value ?? '') &&
      !BEHIND_OTHERS.has(tokens[i + 1]?.value ?? ''),
  );
  if (hasField) return 'fields';
  return tokens.some(({ type }) => type === 'PrivateIdentifier') ? 'methods' : 'none';
}
