import type { AppClass } from '../binding.ts';
import { toSymbol } from './encode.ts';
import { ERRORS } from './kinds.ts';
import {
  CONSTANTS,
  fieldsOf,
  HOLE,
  refOf,
  type Fields,
  type Graph,
  type GraphNode,
  type Stored,
} from './nodes.ts';

/** Entries of a Map that hold handles and that the code has just made. Of a Set or an array: that it has some. */
export type CodeMade = ReadonlyMap<object, [unknown, unknown][]>;

/** Returns the class of a name, if instances of it can be made. */
export interface ClassFinder {
  find: (name: string) => AppClass | undefined;
}

/**
 * Makes objects of nodes, each once. The objects of the code take the numbers of their nodes before anything is
 * made, so that all references to them are right.
 */
export class Decoder {
  readonly nodes: Graph['nodes'];
  readonly classes: ClassFinder;
  /** Numbers whose objects the code makes. Until it has, a reference to one is left undefined. */
  readonly open: Set<number>;
  /** Instances whose class was not shown, by its name. */
  readonly waiting = new Map<string, number[]>();
  /** Whether members are added to those that are there. */
  isAdding = false;
  /** Whether no more objects of the code are waited for. */
  isOver = false;
  readonly #made: unknown[] = [];
  readonly #code = new Set<object>();
  /** Of a reload in one process: what the nodes were read from. These objects are used as they are. */
  readonly #live: readonly unknown[] | undefined;
  /** How many bindings have an object as their own value, by its number. */
  readonly #roots = new Map<number, number>();
  /** Whether a value was asked for that refers to an object of the code which is not there yet. */
  hasMissed = false;
  /** Nodes that were made here and refer to such an object. */
  readonly #unsettled = new Set<number>();
  #toFill: number[] = [];
  #isFilling = false;
  /** The node that is being filled. */
  #at = -1;

  constructor(
    nodes: Graph['nodes'],
    roots: Iterable<Stored>,
    classes: ClassFinder,
    live?: unknown[],
  ) {
    this.nodes = nodes;
    this.classes = classes;
    this.#live = live;
    for (const root of roots) {
      const number = refOf(root);
      if (number >= 0) this.#roots.set(number, (this.#roots.get(number) ?? 0) + 1);
    }
    this.open = findOpen(nodes, this.#roots.keys());
  }

  /** Whether the object of a node is there. */
  has(number: number): boolean {
    return number in this.#made;
  }

  /** The objects that are there, by number. */
  get made(): readonly unknown[] {
    return this.#made;
  }

  /** Gives an object of the code the number of its node. */
  take(number: number, object: object): void {
    this.#made[number] = object;
    this.#code.add(object);
  }

  /** Returns the value that stands stored, made on first use. */
  value(stored: Stored): unknown {
    if (typeof stored !== 'object' || stored === null) return stored;
    const [number] = stored;
    return number < 0 ? CONSTANTS[-number] : this.#get(number);
  }

  /** Fills what was made, and what waited for an object of the code that is there now. */
  settle(): void {
    this.#fillAll();
    const unsettled = [...this.#unsettled];
    this.#unsettled.clear();
    for (const number of unsettled) if (this.has(number)) this.#fill(number);
    this.#fillAll();
  }

  /** Makes what was made here, and nothing of the code, as its nodes have it again. */
  refill(): void {
    for (const [number, object] of this.#made.entries()) {
      const node = this.nodes[number];
      const isOurs = typeof object === 'object' && object !== null && !this.#code.has(object);
      if (!node || !isOurs || !'ONAMSE'.includes(node[0])) continue;
      this.#fill(number);
      const fields = fieldsOf(node) ?? {};
      if (node[0] === 'A') continue; // its elements are its fields
      for (const name of Object.keys(object as object))
        if (!Object.hasOwn(fields, name)) delete (object as Record<string, unknown>)[name];
    }
    this.#fillAll();
  }

  /**
   * The code has nothing in the place of an open object: it is made like an entry. The own value of another
   * binding is not.
   */
  release(from: number, isOwnOfBinding: boolean): void {
    if (isOwnOfBinding && this.#roots.get(from) === 1) this.#roots.delete(from);
    const next = [from];
    for (let number = next.pop(); number !== undefined; number = next.pop()) {
      const node = this.nodes[number];
      const isMade = !node || this.#roots.has(number) || this.has(number);
      if (isMade || !this.open.delete(number)) continue;
      for (const fields of [fieldsOf(node), node[4]])
        for (const name in fields) next.push(refOf((fields as Fields)[name]));
    }
  }

  /** Gives instances their class that was shown by now. */
  adoptClasses(): void {
    for (const [name, numbers] of this.waiting) {
      const found = this.classes.find(name);
      if (!found) continue;
      for (const number of numbers)
        Object.setPrototypeOf(this.#made[number] as object, found.prototype as object);
      this.waiting.delete(name);
    }
  }

  /**
   * Puts the members of a node into a collection, where they differ from what is there.
   *
   * @param own entries with handles that the code has put there: they stay in a Map; a Set or an array with
   *   some is left to the code
   */
  fillMembers(object: object, number: number, own?: [unknown, unknown][]): void {
    const [tag, content] = this.nodes[number] as GraphNode;
    const outer = this.#at;
    this.#at = number;
    if (tag === 'M') this.#fillMap(object as never, content as [Stored, Stored][], own);
    else if (tag === 'S' && !own) this.#fillSet(object as never, content as Stored[]);
    else if (tag === 'A' && !own) this.#fillArray(object as never, content as Stored[]);
    this.#at = outer;
  }

  #fillMap(
    map: Map<unknown, unknown>,
    content: [Stored, Stored][],
    own: [unknown, unknown][] = [],
  ): void {
    const wanted = new Map(this.isAdding && this.#isCode(map) ? map : own);
    for (const [key, value] of content) {
      const made = this.value(key);
      // A function of the old code does not take the place of one of the new code.
      const node = this.nodes[refOf(value)];
      const isHandle = node !== undefined && node !== 0 && node[0] === 'H';
      const isThere = wanted.has(made) && (isHandle || this.isAdding);
      if (!isThere) wanted.set(made, this.value(value));
    }
    const now = [...Map.prototype.entries.call(map)];
    const next = [...wanted];
    const isAsItWas =
      now.length === next.length &&
      now.every(
        ([key, value], index) =>
          Object.is(key, next[index]?.[0]) && Object.is(value, next[index]?.[1]),
      );
    if (isAsItWas) return;
    Map.prototype.clear.call(map);
    for (const [key, value] of next) Map.prototype.set.call(map, key, value);
  }

  #fillSet(set: Set<unknown>, content: Stored[]): void {
    const now = [...Set.prototype.values.call(set)];
    const before = this.isAdding && this.#isCode(set) ? now : [];
    const next = [...before, ...content.map((one) => this.value(one))];
    if (now.length === next.length && now.every((one, index) => Object.is(one, next[index])))
      return;
    Set.prototype.clear.call(set);
    for (const one of next) Set.prototype.add.call(set, one);
  }

  #fillArray(array: unknown[], content: Stored[]): void {
    if (this.isAdding && this.#isCode(array)) {
      array.push(...content.map((one) => this.value(one)));
      return;
    }
    if (array.length > content.length) array.length = content.length;
    for (const [index, stored] of content.entries()) {
      if (refOf(stored) < 0 && typeof stored === 'object' && stored?.[0] === HOLE)
        delete array[index];
      else {
        const value = this.value(stored);
        if (!(index in array) || !Object.is(array[index], value)) array[index] = value;
      }
    }
    if (array.length !== content.length) array.length = content.length;
  }

  /** Whether a collection is one of the code, and no entry that was made here. */
  #isCode(object: object): boolean {
    return this.#code.has(object);
  }

  #get(number: number): unknown {
    if (number in this.#made) return this.#made[number];
    if (this.open.has(number) && !this.isOver && !this.#live) {
      this.hasMissed = true;
      if (this.#at >= 0 && !this.#code.has(this.#made[this.#at] as object))
        this.#unsettled.add(this.#at);
      return undefined;
    }
    const isOuter = !this.#isFilling && this.#toFill.length === 0;
    const isLive = this.#live !== undefined && number in this.#live;
    const made = isLive ? this.#live?.[number] : this.#make(number);
    this.#made[number] = made;
    if (isOuter) this.#fillAll();
    return made;
  }

  #fillAll(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    for (let index = 0; index < this.#toFill.length; index++)
      this.#fill(this.#toFill[index] as number);
    this.#toFill = [];
    this.#isFilling = false;
  }

  #make(number: number): unknown {
    const node = this.nodes[number];
    if (!node) return undefined; // it was taken out
    const [tag, content, name] = node;
    if ('ONAMSE'.includes(tag)) this.#toFill.push(number);
    const of = name ? this.classes.find(name)?.prototype : undefined;
    if (name && !of) {
      const others = this.waiting.get(name);
      if (others) others.push(number);
      else this.waiting.set(name, [number]);
    }
    const made = makeEmpty(tag, content);
    if (of) Object.setPrototypeOf(made as object, of as object);
    return made;
  }

  #fill(number: number): void {
    const node = this.nodes[number];
    if (!node) return;
    const object = this.#made[number] as object;
    this.fillMembers(object, number);
    this.#at = number;
    const fields = fieldsOf(node);
    for (const name of Object.keys(fields ?? {})) {
      const value = this.value((fields as Fields)[name] as Stored);
      const isThere = Object.hasOwn(object, name) && Object.is(object[name as never], value);
      if (!isThere) put(object, name, value);
    }
    const hidden = node[0] === 'E' ? node[4] : undefined;
    for (const name of Object.keys(hidden ?? {})) {
      const value = this.value((hidden as Fields)[name] as Stored);
      Object.defineProperty(object, name, { value, writable: true, configurable: true });
    }
  }
}

/** Sets a field as an assignment in a literal does, whatever its name is and whatever the class has. */
export function put(object: object, name: string, value: unknown): void {
  if ((name in object && !Object.hasOwn(object, name)) || name === '__proto__')
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  else (object as Record<string, unknown>)[name] = value;
}

/** @throws Error for content that is damaged */
function makeEmpty(tag: string, content: GraphNode[1]): unknown {
  switch (tag) {
    case 'O':
      return {};
    case 'N':
      return Object.create(null) as object;
    case 'A':
      return [];
    case 'M':
      return new Map();
    case 'S':
      return new Set();
    case 'D':
      return new Date((content as number | null) ?? Number.NaN);
    case 'R': {
      const [source, flags, lastIndex] = content as [string, string, number];
      return Object.assign(new RegExp(source, flags), { lastIndex });
    }
    case 'U':
      return new URL(content as string);
    case 'Q':
      return new URLSearchParams(content as string);
    case 'B':
      return makeBytes(content as [string, string]);
    case 'E': {
      const made = new (ERRORS[content as string] ?? Error)();
      delete made.stack;
      return made;
    }
    case 'b':
      return BigInt(content as string);
    case 'y':
      return toSymbol(content as string);
    default:
      return undefined;
  }
}

function makeBytes([name, base64]: [string, string]): object {
  const bytes = Buffer.from(base64, 'base64');
  if (name === 'Buffer') return bytes;
  const buffer = new Uint8Array(bytes).buffer;
  if (name === 'ArrayBuffer') return buffer;
  const found = (
    globalThis as unknown as Record<string, (new (from: ArrayBuffer) => object) | undefined>
  )[name];
  if (!found || (!ArrayBuffer.isView(found.prototype) && !/Array$|^DataView$/.test(name)))
    throw new Error(`${name} is no view`);
  return new found(buffer);
}

/** Returns the numbers of what bindings reach through fields only. */
function findOpen(nodes: Graph['nodes'], roots: Iterable<number>): Set<number> {
  const open = new Set<number>();
  const next = [...roots];
  for (let number = next.pop(); number !== undefined; number = next.pop()) {
    const node = nodes[number];
    if (!node || open.has(number) || !'ONMSA'.includes(node[0])) continue;
    open.add(number);
    for (const fields of [fieldsOf(node), node[4]])
      for (const name in fields) next.push(refOf((fields as Fields)[name]));
  }
  return open;
}
