/**
 * A snapshot is one flat list of numbered nodes: an object is a node, and whatever refers to it has its number.
 * So sharing, cycles and any depth cost nothing, and nothing here is recursive.
 */
export interface Graph {
  /** The value of each binding, by its key. */
  roots: Record<string, Stored>;
  /** `0` where a node was taken out. */
  nodes: (GraphNode | 0)[];
}

/** A value within a node: a primitive of JSON, `[n]` for node n, or a negative number for one of CONSTANTS. */
export type Stored = string | number | boolean | null | [number];

export type Fields = Record<string, Stored>;

/**
 * What an object is: `O` with fields, `N` without a prototype, `A` an array, `M` a Map, `S` a Set, `D` a Date,
 * `R` a RegExp, `U` a URL, `Q` URLSearchParams, `B` bytes, `E` an error; `b` a bigint, `y` a symbol; `H` a
 * handle: what only the code that runs now can make, such as a socket, a timer or a function.
 */
export type Tag = 'O' | 'N' | 'A' | 'M' | 'S' | 'D' | 'R' | 'U' | 'Q' | 'B' | 'E' | 'b' | 'y' | 'H';

/** What is within it: fields of `O` and `N`; values of `A` and `S`; pairs of `M`; else what the tag needs. */
export type Content = Fields | Stored[] | [Stored, Stored][] | string | number | null | undefined;

export type GraphNode = [
  tag: Tag,
  content: Content,
  /** The name of its class, of instances of the app's own. */
  className?: string | null,
  /** Fields of collections and errors. */
  fields?: Fields | null,
  /** Private fields, with their `#`; of an error what cannot be seen: its message and stack. */
  hidden?: Fields | null,
  /** A field was left out of it: where the code has no such object, it is not made from the rest. */
  isPartial?: 1,
];

export const HOLE = -2;
/** By the negative of the stored number. */
export const CONSTANTS: readonly unknown[] = [
  undefined,
  undefined,
  undefined, // a hole in an array
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
];

/** Returns the number of the node that a stored value refers to, and -1 for a value that refers to none. */
export function refOf(stored: Stored | undefined): number {
  return typeof stored === 'object' && stored !== null ? stored[0] : -1;
}

/** Returns the fields of a node, wherever it has them. */
export function fieldsOf([tag, content, , fields]: GraphNode): Fields | undefined {
  return tag === 'O' || tag === 'N' ? (content as Fields) : (fields ?? undefined);
}

/** Calls a function with each value that stands in a node. */
export function eachStored(node: GraphNode, call: (stored: Stored) => void): void {
  const [tag, content, , , hidden] = node;
  for (const fields of [fieldsOf(node), hidden]) {
    for (const name in fields) call((fields as Fields)[name] as Stored);
  }
  if (tag === 'A' || tag === 'S') for (const one of content as Stored[]) call(one);
  else if (tag === 'M')
    for (const [key, value] of content as [Stored, Stored][]) {
      call(key);
      call(value);
    }
}

/** Sets a field whatever its name is, `__proto__` too. */
export function setField(fields: Fields, name: string, stored: Stored): void {
  if (name !== '__proto__') fields[name] = stored;
  else
    Object.defineProperty(fields, name, {
      value: stored,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

/** Returns the numbers of all nodes that some roots lead to. */
export function findReached(nodes: Graph['nodes'], roots: Iterable<Stored>): Set<number> {
  const reached = new Set<number>();
  const next: number[] = [];
  const note = (stored: Stored): void => {
    const number = refOf(stored);
    if (number < 0 || reached.has(number)) return;
    reached.add(number);
    next.push(number);
  };
  for (const root of roots) note(root);
  for (let number = next.pop(); number !== undefined; number = next.pop()) {
    const node = nodes[number];
    if (node) eachStored(node, note);
  }
  return reached;
}

/** Returns a graph with some of the roots of another, and only the nodes that they lead to. */
export function pickRoots({ roots, nodes }: Graph, keys: string[]): Graph {
  const picked = Object.fromEntries(keys.map((key) => [key, roots[key] as Stored]));
  const reached = findReached(nodes, Object.values(picked));
  return { roots: picked, nodes: nodes.map((node, number) => (reached.has(number) ? node : 0)) };
}

/**
 * Reads a graph from JSON that nobody has checked.
 *
 * @returns undefined for anything else
 */
export function checkGraph(value: unknown): Graph | undefined {
  const { roots, nodes } = (value ?? {}) as Partial<Graph>;
  if (typeof roots !== 'object' || roots === null || !Array.isArray(nodes)) return undefined;
  const isNode = (node: unknown): boolean =>
    node === 0 || (Array.isArray(node) && typeof node[0] === 'string');
  return nodes.every(isNode) ? { roots, nodes } : undefined;
}
