import type { Binding } from '../binding.ts';
import type { AppClasses } from './classes.ts';
import { Encoder, type Counts } from './encode.ts';
import { findReached, type Graph } from './nodes.ts';
import { pruneEncoded } from './prune.ts';
import { Still } from './still.ts';

/** How many nodes are compared between two turns of the app. */
const STEP = 2000;

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
}

/**
 * Reads bindings into a graph, again and again. The first pass reads all; a later one compares each node with
 * its object, and reads again only those that differ. What a comparison does not see, until something else
 * near it changes: a field that has become a getter, and a new field with a symbol or hidden.
 */
export class Recorder {
  readonly #classes: AppClasses;
  #encoder: Encoder | undefined;

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
    return { ...pruneEncoded(encoder), passedOver, open, keyOf };
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
    if (different > 0) encoder.isStale ||= isMostlyUnused(graph);
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
