import type { Binding } from '../binding.ts';
import type { AppClasses } from './classes.ts';
import { Encoder, type Counts } from './encode.ts';
import {
  findReached,
  type Graph,
  CONSTANTS,
  type Fields,
  type GraphNode,
  type Stored,
} from './nodes.ts';
import { pruneEncoded } from './prune.ts';

/** How many nodes are compared between two turns of the app. */
const STEP = 2000;

/** After how many passes that have found a change it is seen whether most nodes are of use. */
const CHANGES = 5;

/** What a pass has found. */
export interface Recorded {
  graph: Graph;
  /** Entries of collections that are left out, and fields that are passed over. */
  leftOut: Counts;
  passedOver: Counts;
  /** The numbers of objects that bindings reach through fields only. */
  open: ReadonlySet<number>;
  /** The key of the binding of a node. */
  keyOf: (number: number) => string;
  /** The JSON of a node; undefined where no string can hold it. */
  textOf: (number: number, node: GraphNode) => string | undefined;
}

/**
 * Reads bindings into a graph, again and again. The first pass reads all; a later one compares each node with
 * its object, and reads again only those that differ. What a comparison does not see, until something else
 * near it changes: a field that has become a getter, and a new field with a symbol or hidden.
 */
export class Recorder {
  readonly #classes: AppClasses;
  #encoder: Encoder | undefined;
  #changes = 0;

  constructor(classes: AppClasses) {
    this.#classes = classes;
  }

  /**
   * Looks at bindings, and returns what is there now; undefined where nothing differs from the last pass. It
   * stops between pieces of a few hundred nodes; a caller that reads it to its end at once has a single moment
   * of the data. One pass at a time.
   */
  *pass(bindings: Binding[]): Generator<void, Recorded | undefined> {
    const hasChanged = this.#encoder ? yield* this.#compare(this.#encoder, bindings) : true;
    if (!this.#encoder || this.#encoder.isStale) {
      this.#encoder = new Encoder(this.#classes);
      yield* this.#encoder.encode(bindings);
    }
    return hasChanged ? this.last() : undefined;
  }

  /** What the last pass has read. */
  last(): Recorded {
    const encoder = (this.#encoder ??= new Encoder(this.#classes));
    const { passedOver, open, keys } = encoder;
    const keyOf = (number: number): string => keys[number] as string;
    const textOf = encoder.textOf.bind(encoder);
    return { ...pruneEncoded(encoder), passedOver, open, keyOf, textOf };
  }

  *#compare(encoder: Encoder, bindings: Binding[]): Generator<void, boolean> {
    const { graph, objects } = encoder;
    const still = new Still(encoder);
    let hasChanged = false;
    const keys = new Set(bindings.map(({ key }) => key));
    for (const key of Object.keys(graph.roots)) {
      if (keys.has(key)) continue;
      delete graph.roots[key];
      hasChanged = encoder.isStale = true;
    }
    for (const binding of bindings) {
      const { key, get } = binding;
      if (still.isSame(tryTo(get), graph.roots[key]) && Object.hasOwn(graph.roots, key)) continue;
      hasChanged = true;
      encoder.isStale ||= Object.hasOwn(graph.roots, key) && typeof graph.roots[key] === 'object';
      encoder.readRoot(binding);
    }
    const count = objects.length;
    let different = 0;
    for (let number = 0; number < count && !encoder.isStale; number++) {
      if (number % STEP === 0) yield;
      if (objects[number] === undefined || still.isNode(number)) continue;
      // A node that passes something over is never as its object is: what it says counts.
      const before = encoder.open.has(number) ? JSON.stringify(graph.nodes[number]) : '';
      encoder.readAgain(number);
      hasChanged ||= before === '' || before !== JSON.stringify(graph.nodes[number]);
      different++;
    }
    yield* encoder.readMembers();
    if (different > 0 && ++this.#changes % CHANGES === 0) encoder.isStale ||= isMostlyUnused(graph);
    return hasChanged;
  }
}

/** Whether a third of the nodes stands for what nothing leads to any more. */
function isMostlyUnused({ nodes, roots }: Graph): boolean {
  return findReached(nodes, Object.values(roots)).size < (nodes.length * 2) / 3;
}

function tryTo(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return Symbol('unread');
  }
}

/** Tells whether what an encoder has read is still so. It reads, compares, and makes nothing. */
class Still {
  readonly #encoder: Encoder;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  /** Whether a value is what stands stored. */
  isSame(value: unknown, stored: Stored | undefined): boolean {
    if (typeof stored !== 'object' || stored === null)
      return stored === value && (value !== 0 || !Object.is(value, -0));
    const [number] = stored;
    if (number < 0) return Object.is(value, CONSTANTS[-number]);
    if (typeof value === 'bigint') {
      const node = this.#encoder.graph.nodes[number] as GraphNode;
      return node[0] === 'b' && node[1] === String(value);
    }
    return this.#encoder.objects[number] === value;
  }

  /** Whether the object of a node is as the node has it. */
  isNode(number: number): boolean {
    const node = this.#encoder.graph.nodes[number] as GraphNode;
    const object = this.#encoder.objects[number] as never;
    const [tag, content, , fields] = node;
    switch (tag) {
      case 'O':
      case 'N':
        return this.#hasFields(object, content as Fields) && this.#hasPrivates(object, node);
      case 'A':
        return this.#hasElements(object, content as Stored[]);
      case 'M':
        return (
          this.#hasPairs(object, content as [Stored, Stored][]) &&
          this.#hasFields(object, fields) &&
          this.#hasPrivates(object, node)
        );
      case 'S':
        return (
          this.#hasMembers(object, content as Stored[]) &&
          this.#hasFields(object, fields) &&
          this.#hasPrivates(object, node)
        );
      case 'E':
        return this.#hasFields(object, fields) && (object as Error).message === node[4]?.message;
      case 'D':
        return Object.is(toNumber(content), Date.prototype.getTime.call(object));
      case 'R':
        return (object as RegExp).lastIndex === (content as Stored[])[2];
      case 'U':
      case 'Q':
        return String(object) === content;
      case 'B':
        return this.#hasBytes(number, object);
      default:
        return true;
    }
  }

  #hasFields(object: Record<string, unknown>, fields: Fields | null | undefined): boolean {
    let count = 0;
    for (const name in fields) {
      count++;
      if (!this.isSame(object[name], fields[name])) return false;
    }
    for (const name in object) {
      if (!Object.hasOwn(object, name)) break; // those of its class come behind its own
      count--;
    }
    return count === 0;
  }

  #hasPrivates(object: object, [, , className, , hidden]: GraphNode): boolean {
    if (!hidden || className === undefined) return true;
    return this.#encoder.classes
      .privatesOf(object)
      .every(({ names, read }) =>
        read(object).every((value, index) => this.isSame(value, hidden[names[index] as string])),
      );
  }

  #hasElements(array: unknown[], stored: Stored[]): boolean {
    if (array.length !== stored.length) return false;
    for (let index = 0; index < stored.length; index++) {
      if (!this.isSame(array[index], stored[index])) return false;
    }
    return true;
  }

  #hasPairs(map: Map<unknown, unknown>, stored: [Stored, Stored][]): boolean {
    if (map.size !== stored.length) return false;
    let index = 0;
    for (const [key, value] of Map.prototype.entries.call(map)) {
      const pair = stored[index++] as [Stored, Stored];
      if (!this.isSame(key, pair[0]) || !this.isSame(value, pair[1])) return false;
    }
    return true;
  }

  #hasMembers(set: Set<unknown>, stored: Stored[]): boolean {
    if (set.size !== stored.length) return false;
    let index = 0;
    for (const one of Set.prototype.values.call(set)) {
      if (!this.isSame(one, stored[index++])) return false;
    }
    return true;
  }

  #hasBytes(number: number, object: object): boolean {
    const view = ArrayBuffer.isView(object)
      ? Buffer.from(object.buffer, object.byteOffset, object.byteLength)
      : Buffer.from(object as ArrayBuffer);
    return this.#encoder.bytes.get(number)?.equals(view) === true;
  }
}

/** JSON has null for the time of an invalid Date. */
function toNumber(content: unknown): number {
  return typeof content === 'number' ? content : Number.NaN;
}
