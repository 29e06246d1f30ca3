import { type Counts, type Encoder, encodeNow } from './encode.ts';
import {
  eachStored,
  fieldsOf,
  refOf,
  type Fields,
  type Graph,
  type GraphNode,
  type Stored,
} from './nodes.ts';
import type { Binding } from '../binding.ts';
import type { AppClasses } from './classes.ts';
import type { CodeMade } from './decode.ts';

/** A graph without what cannot be kept, and what was taken out. */
export interface Pruned {
  graph: Graph;
  /** How many entries were left out, by the key of the binding and by the class that was the cause. */
  leftOut: Counts;
  /**
   * The entries that were left out, alone: a graph whose collections have nothing else, to be added later;
   * undefined where it was not asked for.
   */
  entries?: Graph | undefined;
}

interface PruneOptions {
  /** The numbers of objects that bindings reach through fields only. */
  open: ReadonlySet<number>;
  /** What cannot be kept, by number, with a name for the cause. */
  bad: ReadonlyMap<number, string>;
  /** The key of the binding of a node. */
  keyOf: (number: number) => string;
  /** Whether the entries that are left out are wanted. @default false */
  wantsEntries?: boolean;
}

/**
 * Takes out of a graph what leads to nodes that cannot be kept: the nearest entry of a collection as a whole,
 * and the field of an open object.
 */
export function prune({ roots, nodes }: Graph, options: PruneOptions): Pruned {
  const { open, bad, keyOf, wantsEntries = false } = options;
  const causes = findCauses(nodes, open, bad);
  const leftOut: Counts = new Map();
  const isBad = (stored: Stored): boolean => causes.has(refOf(stored));
  const count = (number: number, stored: Stored): void => {
    const counts = leftOut.get(keyOf(number)) ?? new Map<string, number>();
    const cause = causes.get(refOf(stored)) as string;
    leftOut.set(keyOf(number), counts.set(cause, (counts.get(cause) ?? 0) + 1));
  };
  /** Returns the bad value of a member of a collection, if it has one. */
  const badOf = (member: Stored | [Stored, Stored], tag: string): Stored | undefined =>
    (tag === 'M' ? (member as [Stored, Stored]) : [member as Stored]).find(isBad);
  const kept = nodes.map((node, number) => {
    if (!node || causes.has(number)) return 0;
    const [tag, content] = node;
    let next = node;
    if (tag === 'M' || tag === 'S' || (tag === 'A' && open.has(number))) {
      const members = (content as Stored[]).filter((member) => {
        const found = badOf(member, tag);
        if (found !== undefined) count(number, found);
        return found === undefined;
      });
      if (members.length < (content as Stored[]).length) next = node.with(1, members) as GraphNode;
    }
    return open.has(number) ? filterFields(next, (one) => !isBad(one)) : next;
  });
  const graph: Graph = {
    roots: Object.fromEntries(Object.entries(roots).filter(([, root]) => !isBad(root))),
    nodes: kept,
  };
  if (!wantsEntries) return { graph, leftOut };
  const left = nodes.map((node, number) => {
    if (!node || !open.has(number)) return node;
    const [tag, content] = node;
    const next: GraphNode = [...node];
    if ('AMS'.includes(tag))
      next[1] = (content as Stored[]).filter((member) => badOf(member, tag) !== undefined);
    return filterFields(next, (one) => isBad(one) || open.has(refOf(one)));
  });
  return { graph, leftOut, entries: { roots, nodes: left } };
}

/** Takes out of what an encoder has read what cannot be kept. */
export function pruneEncoded({ graph, open, bad, keys }: Encoder): Pruned {
  if (bad.size === 0) return { graph, leftOut: new Map() };
  return prune(graph, { open, bad, keyOf: (number) => keys[number] as string });
}

/** Returns all nodes that cannot be kept as they are, with the name of the cause. */
function findCauses(
  nodes: Graph['nodes'],
  open: ReadonlySet<number>,
  bad: ReadonlyMap<number, string>,
): Map<number, string> {
  const owners = new Map<number, number[]>();
  nodes.forEach((node, number) => {
    // What stands in an open object or a Map goes alone.
    if (!node || open.has(number)) return;
    const note = (stored: Stored): void => {
      const ref = refOf(stored);
      if (ref < 0) return;
      const known = owners.get(ref);
      if (known) known.push(number);
      else owners.set(ref, [number]);
    };
    if (node[0] !== 'M' && node[0] !== 'S') eachStored(node, note);
    else
      for (const fields of [node[3], node[4]])
        for (const name in fields) note((fields as Fields)[name] as Stored);
  });
  const causes = new Map(bad);
  const next = [...bad.keys()];
  for (let number = next.pop(); number !== undefined; number = next.pop()) {
    for (const owner of owners.get(number) ?? []) {
      if (causes.has(owner)) continue;
      causes.set(owner, causes.get(number) as string);
      next.push(owner);
    }
  }
  return causes;
}

/** Returns an open node without some fields, which says so; the node itself where it has all of them. */
function filterFields(node: GraphNode, isKept: (stored: Stored) => boolean): GraphNode {
  const fields = fieldsOf(node);
  const isWhole = [fields, node[4]].every((all) => Object.values(all ?? {}).every(isKept));
  if (isWhole) return node;
  const filter = (all: Fields): Fields =>
    Object.fromEntries(Object.entries(all).filter(([, one]) => isKept(one)));
  const next: GraphNode = [...node];
  next[5] = 1;
  if (fields) next[node[0] === 'O' || node[0] === 'N' ? 1 : 3] = filter(fields);
  if (node[4]) next[4] = filter(node[4]);
  return next;
}

/**
 * Finds the entries with handles in the collections that the code has just made, such as tables of functions:
 * they are the new code's, as handles in fields are.
 */
export function toCodeMade(bindings: Binding[], classes: AppClasses): CodeMade {
  const encoder = encodeNow(bindings, classes);
  const made = new Map<object, [unknown, unknown][]>();
  if (encoder.bad.size === 0) return made;
  const { nodes } = pruneEncoded(encoder).graph;
  for (const number of encoder.open) {
    const [tag, all] = encoder.graph.nodes[number] as GraphNode;
    const node = nodes[number];
    if (!node || !'AMS'.includes(tag)) continue;
    const kept = new Set<unknown>(node[1] as unknown[]);
    const members = all as unknown[];
    if (kept.size === new Set(members).size) continue;
    const object = encoder.objects[number] as object;
    const isOwn = (_: unknown, index: number): boolean => !kept.has(members[index]);
    made.set(object, tag === 'M' ? [...(object as Map<unknown, unknown>)].filter(isOwn) : []);
  }
  return made;
}
