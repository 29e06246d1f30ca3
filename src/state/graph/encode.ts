import type { Binding } from '../binding.ts';
import type { AppClasses } from './classes.ts';
import { describeClass, isOfEmitter, nameOfBytes, nameOfError, tagOf } from './kinds.ts';
import {
  HOLE,
  refOf,
  setField,
  type Fields,
  type Graph,
  type GraphNode,
  type Stored,
} from './nodes.ts';

/** Tags of objects whose members are read after all fields of bindings were. */
const COLLECTIONS = 'AMS';
/** How many nodes are read between two turns of the app. */
const STEP = 256;
/** Fields of an error that `Object.keys` does not show. */
const HIDDEN_IN_ERRORS = ['message', 'stack', 'cause', 'errors'];

/** How often something was met, by the key of the binding and by name. */
export type Counts = Map<string, Map<string, number>>;

/**
 * Reads bindings into a graph. Data is only read: no getter, `toJSON` or method of it is called.
 *
 * An object is *open* where a binding reaches it through fields only: the new code makes one like it, so that a
 * field that cannot be kept is passed over. All others are entries of collections, or stand in one: they are
 * kept as a whole, or left out.
 */
export class Encoder {
  readonly graph: Graph = { roots: {}, nodes: [] };
  /** What each node stands for. */
  readonly objects: unknown[] = [];
  /** The key of the binding that a node was met in first. */
  readonly keys: string[] = [];
  readonly open = new Set<number>();
  /** Nodes that cannot be kept, by number, with the name of their class. */
  readonly bad = new Map<number, string>();
  readonly passedOver: Counts = new Map();
  readonly classes: AppClasses;
  /** The bytes that were read, by number. */
  readonly bytes = new Map<number, Buffer>();
  /** Whether an object is open that was none, or no longer: then all has to be read anew. */
  isStale = false;
  readonly #numbers = new Map<unknown, number>();
  /** The JSON of nodes, as long as they stay as they are. */
  readonly #texts: (string | undefined)[] = [];
  /** Open objects whose fields are to be read. */
  #fields: number[] = [];
  /** Nodes whose members are to be read. */
  readonly #members: number[] = [];
  #read = 0;
  #key = '';

  constructor(classes: AppClasses) {
    this.classes = classes;
  }

  /** Reads bindings, in steps between which others may have a turn. A binding that throws is left out. */
  *encode(bindings: Iterable<Binding>): Generator<void, void> {
    for (const binding of bindings) this.readRoot(binding);
    yield* this.readMembers();
  }

  /** Reads a binding, and all that it reaches through fields. */
  readRoot({ key, get }: Binding): void {
    this.#key = key;
    try {
      this.graph.roots[key] = this.value(get(), true);
    } catch {
      delete this.graph.roots[key]; // the code has not come to it
    }
    this.#readOpen();
  }

  /** Reads the members of what was met by now. */
  *readMembers(): Generator<void, void> {
    for (; this.#read < this.#members.length; this.#read++) {
      this.#content(this.#members[this.#read] as number);
      if (this.#read % STEP === 0) yield;
    }
  }

  /** Reads a node again that differs from its object. What it has met newly is read by `readMembers`. */
  readAgain(number: number): void {
    const node = this.graph.nodes[number] as GraphNode;
    this.#key = this.keys[number] as string;
    this.#texts[number] = undefined;
    this.bad.delete(number);
    if (this.open.has(number)) {
      const before = [...refsOf(node)];
      this.#fieldsOf(number, true);
      this.#readOpen();
      const after = new Set(refsOf(node));
      this.isStale ||= before.some((ref) => this.open.has(ref) && !after.has(ref));
    }
    if (!this.open.has(number) || COLLECTIONS.includes(node[0])) this.#content(number);
  }

  /** Returns the JSON of a node, or of what was left of it; undefined where no string can hold it. */
  textOf(number: number, node: GraphNode): string | undefined {
    try {
      if (node !== this.graph.nodes[number]) return JSON.stringify(node);
      return (this.#texts[number] ??= JSON.stringify(node));
    } catch {
      return undefined;
    }
  }

  /** Returns how a value stands in a node. */
  value(value: unknown, isOpen: boolean): Stored {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return toStoredNumber(value);
      case 'undefined':
        return [-1];
      case 'bigint':
        return [this.graph.nodes.push(['b', String(value)]) - 1];
      case 'object':
        return value === null ? null : [this.#numberOf(value, isOpen)];
      case 'symbol':
        return [this.#symbol(value)];
      default:
        return [this.#handle(value)];
    }
  }

  #readOpen(): void {
    for (let number = this.#fields.pop(); number !== undefined; number = this.#fields.pop())
      this.#fieldsOf(number, true);
  }

  #add(value: unknown, node: GraphNode): number {
    const number = this.graph.nodes.push(node) - 1;
    this.objects[number] = value;
    this.keys[number] = this.#key;
    this.#numbers.set(value, number);
    return number;
  }

  #handle(value: unknown): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const name = describeClass(value);
    const number = this.#add(value, ['H', name]);
    this.bad.set(number, name);
    return number;
  }

  /** A symbol that any realm has under its name; another one is a handle. */
  #symbol(symbol: symbol): number {
    const known = this.#numbers.get(symbol);
    if (known !== undefined) return known;
    const name = Symbol.keyFor(symbol) ?? nameOfWellKnown(symbol);
    return name === undefined ? this.#handle(symbol) : this.#add(symbol, ['y', name]);
  }

  #numberOf(object: object, isOpen: boolean): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) {
      if (isOpen && !this.open.has(known)) {
        const [tag] = this.graph.nodes[known] as GraphNode;
        this.isStale ||= 'ONMSA'.includes(tag);
      }
      return known;
    }
    const tag = tagOf(object, this.classes, isOpen);
    if (tag === undefined) return this.#handle(object);
    const number = this.#add(object, [tag, undefined]);
    if ('DRUQB'.includes(tag)) this.#content(number);
    else if (!isOpen || tag === 'E') this.#members.push(number);
    else {
      this.open.add(number);
      this.#fields.push(number);
      if (COLLECTIONS.includes(tag)) this.#members.push(number);
    }
    if ('ONMSE'.includes(tag)) this.#nameClass(number, object);
    return number;
  }

  #nameClass(number: number, object: object): void {
    const prototype = Object.getPrototypeOf(object) as object | null;
    const node = this.graph.nodes[number] as GraphNode;
    const name = prototype === null ? undefined : this.classes.nameOf(prototype);
    if (name !== undefined) node[2] = name;
    if (node[0] !== 'E') return;
    const found = name === undefined ? prototype : this.classes.baseOf(prototype as object)?.base;
    node[1] = nameOfError(found as object);
  }

  /** Reads the fields of an object. */
  #fieldsOf(number: number, isOpen: boolean): void {
    const object = this.objects[number] as object;
    const node = this.graph.nodes[number] as GraphNode;
    const [tag] = node;
    if (tag === 'A') return;
    const fields: Fields = {};
    let isEmpty = true;
    for (const name of Reflect.ownKeys(object)) {
      if (isOpen && isOfEmitter(object, name)) continue;
      const obstacle = findObstacle(object, name, tag);
      if (obstacle === 'hidden in errors') continue;
      if (obstacle !== undefined) {
        if (isOpen) this.#passOver(obstacle);
        else this.bad.set(number, obstacle);
        continue;
      }
      setField(fields, name as string, this.value(object[name as never], isOpen));
      isEmpty = false;
    }
    if (tag === 'O' || tag === 'N') node[1] = fields;
    else if (!isEmpty) node[3] = fields;
    else if (node[3]) node[3] = null;
    if (tag === 'E') node[4] = this.#hiddenInError(object);
    if (isOpen) this.#privatesOf(object, node);
  }

  #hiddenInError(error: object): Fields {
    const hidden: Fields = {};
    for (const name of HIDDEN_IN_ERRORS) {
      const field = Object.getOwnPropertyDescriptor(error, name);
      if (field && 'value' in field) hidden[name] = this.value(field.value, false);
      else if (field) hidden[name] = this.value(String(error[name as never]), false); // the stack of Node 21 and newer
    }
    return hidden;
  }

  #privatesOf(object: object, node: GraphNode): void {
    const all = this.classes.privatesOf(object);
    if (all.length === 0) return;
    const hidden: Fields = {};
    for (const { names, read } of all) {
      for (const [index, value] of read(object).entries())
        hidden[names[index] as string] = this.value(value, true);
    }
    node[4] = hidden;
  }

  #content(number: number): void {
    const object = this.objects[number] as never;
    const node = this.graph.nodes[number] as GraphNode;
    this.#key = this.keys[number] as string;
    switch (node[0]) {
      case 'A':
        node[1] = this.#elements(object);
        return;
      case 'M': {
        const pairs: [Stored, Stored][] = [];
        Map.prototype.forEach.call(object, (value, key) => {
          pairs.push([this.value(key, false), this.value(value, false)]);
        });
        node[1] = pairs;
        break;
      }
      case 'S': {
        const members: Stored[] = [];
        Set.prototype.forEach.call(object, (one) => {
          members.push(this.value(one, false));
        });
        node[1] = members;
        break;
      }
      case 'D':
        node[1] = Date.prototype.getTime.call(object);
        return;
      case 'R': {
        const { source, flags, lastIndex } = object as RegExp;
        node[1] = [source, flags, lastIndex];
        return;
      }
      case 'U':
      case 'Q':
        node[1] = String(object);
        return;
      case 'B': {
        const bytes = Buffer.from(toBytes(object));
        this.bytes.set(number, bytes);
        node[1] = [nameOfBytes(object) as string, bytes.toString('base64')];
        return;
      }
      default:
    }
    if (!this.open.has(number)) this.#fieldsOf(number, false);
  }

  #elements(array: unknown[]): Stored[] {
    const elements: Stored[] = [];
    for (let index = 0; index < array.length; index++) {
      const one = array[index];
      const isThere = one !== undefined || index in array;
      elements.push(isThere ? this.value(one, false) : [HOLE]);
    }
    return elements;
  }

  #passOver(name: string): void {
    const counts = this.passedOver.get(this.#key) ?? new Map<string, number>();
    this.passedOver.set(this.#key, counts.set(name, (counts.get(name) ?? 0) + 1));
  }
}

/** Reads bindings in one piece. */
export function encodeNow(bindings: Binding[], classes: AppClasses): Encoder {
  const encoder = new Encoder(classes);
  const work = encoder.encode(bindings);
  while (!work.next().done);
  return encoder;
}

/** Why an own field cannot be read, or made again. */
function findObstacle(object: object, name: string | symbol, tag: string): string | undefined {
  if (typeof name === 'symbol') return 'symbol key';
  const field = Object.getOwnPropertyDescriptor(object, name);
  const isHiddenInError = tag === 'E' && HIDDEN_IN_ERRORS.includes(name) && !field?.enumerable;
  if (isHiddenInError) return 'hidden in errors';
  if (!field || !('value' in field)) return 'getter';
  return field.enumerable ? undefined : 'hidden field';
}

function* refsOf(node: GraphNode): Generator<number> {
  const fields = node[0] === 'O' || node[0] === 'N' ? (node[1] as Fields) : node[3];
  for (const all of [fields, node[4]])
    for (const name in all) {
      const ref = refOf((all as Fields)[name]);
      if (ref >= 0) yield ref;
    }
}

function toStoredNumber(value: number): Stored {
  if (value === 0 ? !Object.is(value, -0) : value - value === 0) return value;
  if (value === 0) return [-6];
  if (value > 0) return [-4];
  return [value < 0 ? -5 : -3];
}

function nameOfWellKnown(symbol: symbol): string | undefined {
  const { description = '' } = symbol;
  const [, name] = /^Symbol\.(\w+)$/.exec(description) ?? [];
  const known = Symbol as unknown as Record<string, unknown>;
  return name !== undefined && known[name] === symbol ? `@@${name}` : undefined;
}

/** Returns the symbol of a name that an encoder has written. */
export function toSymbol(name: string): symbol {
  const known = Symbol as unknown as Record<string, symbol | undefined>;
  return (name.startsWith('@@') ? known[name.slice(2)] : undefined) ?? Symbol.for(name);
}

/** The bytes of a view or of an ArrayBuffer, not copied. */
export function toBytes(object: object): Uint8Array {
  return ArrayBuffer.isView(object)
    ? new Uint8Array(object.buffer, object.byteOffset, object.byteLength)
    : new Uint8Array(object as ArrayBuffer);
}
