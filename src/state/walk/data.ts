import { types } from 'node:util';
import { hashText, mix } from './hash.ts';
import { countChanges } from './databases.ts';
import type { Inspector } from './inspector.ts';
import {
  classesOf,
  classOf,
  dataOf,
  elementsOf,
  hashPlain,
  isCollection,
  isListed,
  isObject,
  mapEntries,
  setValues,
  textOf,
  type Class,
  type Collection,
} from './objects.ts';

/** Something in a binding that holds data: the binding itself, or one of its fields. */
export interface Part {
  /** `` for the binding itself, `users` or `#users` for a field. */
  path: string;
  /** `Map`, `number`, the name of a class. */
  type: string;
  /** How many entries it has, if it is a collection; those that hold a socket or a function do not count. */
  entries: number | undefined;
  /** Of what is in it: another one when that has changed. */
  hash: number;
}

/** What a binding holds at a moment. Nothing of the values themselves. */
export interface Measure {
  type: string;
  parts: Part[];
}

/** Stands for what cannot be kept. */
const HANDLE = Symbol('handle');
type Hash = number | typeof HANDLE;

/** More objects than this are not looked at in one binding, nor what is deeper in it than that. */
const MOST_OBJECTS = 200_000;
const DEEPEST = 500;

/** Of EventEmitter, which apps extend: not what the app has put there. */
const OF_NODE = new Set(['_events', '_eventsCount', '_maxListeners']);

/**
 * Looks at the data in values, without a getter or a method of the app being called. What cannot be kept is
 * passed over as `keep` does: in a field the field, in a collection the entry.
 */
export class Data {
  readonly #inspector: Inspector;
  readonly #isOfApp: (of: Class) => boolean;
  #seen = new Map<object, Hash>();
  #depth = 0;

  /** @param isOfApp whether a class stands in a file of the app */
  constructor(inspector: Inspector, isOfApp: (of: Class) => boolean) {
    this.#inspector = inspector;
    this.#isOfApp = isOfApp;
  }

  /** @returns `undefined` for what holds no data */
  measure(value: unknown): Measure | undefined {
    this.#seen = new Map();
    const type = this.#typeOf(value);
    if (!isObject(value) || isCollection(value) || !this.#isOpen(value, true)) {
      const whole = this.#toPart('', value);
      return whole && { type, parts: [whole] };
    }
    const fields = this.#fields(value);
    const isTable = classesOf(value).length === 0; // then names may be anything
    const named = fields.filter(([, inner]) => !isTable || isListed(inner));
    const parts = named.flatMap(([path, inner]) => this.#toPart(path, inner) ?? []);
    const rest = Object.fromEntries(fields.filter(([, inner]) => isTable && !isListed(inner)));
    const hash = this.#object(rest, false) as number;
    const entries = Object.keys(rest).length;
    return { type, parts: isTable ? [...parts, { path: '', type, entries, hash }] : parts };
  }

  #toPart(path: string, value: unknown): Part | undefined {
    const type = this.#typeOf(value);
    if (isObject(value) && isCollection(value)) {
      const [hash, entries] = this.#collection(value);
      return { path, type, entries, hash };
    }
    const hash = this.#hash(value, false);
    return hash === HANDLE ? undefined : { path, type, entries: undefined, hash };
  }

  #hash(value: unknown, isInEntry: boolean): Hash {
    if (typeof value === 'function') return HANDLE;
    if (!isObject(value)) return hashText(`${typeof value} ${String(value)}`);
    const known = this.#seen.get(value);
    if (known !== undefined) return known;
    this.#seen.set(value, this.#seen.size);
    if (this.#seen.size > MOST_OBJECTS || this.#depth > DEEPEST) return 0;
    this.#depth++;
    const hash = isCollection(value) ? this.#collection(value)[0] : this.#object(value, isInEntry);
    this.#depth--;
    if (hash === HANDLE) this.#seen.set(value, hash);
    return hash;
  }

  #object(value: object, isInEntry: boolean): Hash {
    if (types.isProxy(value)) return HANDLE;
    const plain = hashPlain(value);
    if (plain !== undefined) return plain;
    const changes = isInEntry ? undefined : countChanges(value);
    if (changes !== undefined) return changes;
    if (!this.#isOpen(value, false)) return HANDLE;
    // One with private fields cannot be made again.
    if (isInEntry && this.#hasPrivates(value)) return HANDLE;
    let hash = 1;
    for (const [name, inner] of this.#fields(value)) {
      const one = this.#hash(inner, isInEntry);
      if (one !== HANDLE) hash = mix(mix(hash, hashText(name)), one);
      else if (isInEntry) return HANDLE;
    }
    return hash;
  }

  /** Its hash, and how many entries can be kept. */
  #collection(value: Collection): [hash: number, entries: number] {
    let [hash, entries] = [2, 0];
    const add = (...entry: unknown[]): void => {
      const isLooked = this.#seen.size <= MOST_OBJECTS;
      const hashes = isLooked ? entry.map((one) => this.#hash(one, true)) : [];
      if (hashes.includes(HANDLE)) return;
      entries++;
      for (const one of hashes) hash = mix(hash, one as number);
    };
    if (types.isMap(value)) for (const [key, one] of mapEntries.call(value)) add(key, one);
    else if (types.isSet(value)) for (const one of setValues.call(value)) add(one);
    else for (const one of elementsOf(value)) add(one);
    return [mix(hash, entries), entries];
  }

  /** Its fields that hold something, private ones too; accessors and symbols are left out. */
  #fields(value: object): [name: string, value: unknown][] {
    const own = dataOf(value).filter(([name]) => !OF_NODE.has(name));
    return this.#hasPrivates(value) ? [...own, ...this.#inspector.privates(value)] : own;
  }

  /**
   * Whether it is a plain object or an instance of a class of the app: one whose fields are data.
   *
   * @param isBinding that class may then extend another one
   */
  #isOpen(value: object, isBinding: boolean): boolean {
    if (types.isProxy(value)) return false;
    const classes = classesOf(value);
    const isOfApp = (one: Class | undefined): boolean => one !== undefined && this.#isOfApp(one);
    return isBinding && classes.length > 0 ? isOfApp(classes[0]) : classes.every(isOfApp);
  }

  #hasPrivates(value: object): boolean {
    return classesOf(value).some((one) => one && /#\w/.test(textOf(one)));
  }

  #typeOf(value: unknown): string {
    if (value === null) return 'null';
    if (!isObject(value)) return typeof value;
    if (types.isProxy(value)) return 'Proxy';
    const prototype = Object.getPrototypeOf(value) as object | null;
    const own = prototype && classOf(prototype);
    const { value: name } = (own && Object.getOwnPropertyDescriptor(own, 'name')) ?? {};
    return typeof name === 'string' && name !== '' ? name : 'Object';
  }
}
