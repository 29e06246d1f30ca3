import type { StorageOptions } from '../storage/options.ts';
import type { AppClass } from './binding.ts';
import { Decoder } from './graph/decode.ts';
import { findReached, refOf, type Graph, type Stored } from './graph/nodes.ts';
import { listState } from './snapshots/stored.ts';

/** A value of the memory of an app that is kept. */
export interface KeptValue {
  /** `server/storage.ts#storage` */
  key: string;
  /** The entry of the app, from the root of the project. */
  app: string;
  /** When it was written, in milliseconds since the epoch. */
  at: number;
  /** Characters of its text. */
  size: number;
  /** `Map`, `MemStorage`. */
  type: string;
  /** For people; instances have a class that has their name and nothing else. */
  value: unknown;
}

/** A snapshot that cannot be read. */
export interface KeptFault {
  app: string;
  /** `altered`, `truncated`, … */
  reason: string;
}

/** All that is kept of the apps of a project. */
export interface Kept {
  values: KeptValue[];
  faults: KeptFault[];
}

/** What stands in for the classes of the app, whose code does not run here: empty ones of their names. */
class StandIns {
  readonly #byName = new Map<string, AppClass>();

  find(name: string): AppClass {
    const known = this.#byName.get(name);
    if (known) return known;
    // oxlint-disable-next-line typescript/no-extraneous-class -- it gets the name of the field
    const { [name]: made } = { [name]: class {} } as Record<string, AppClass>;
    this.#byName.set(name, made as AppClass);
    return made as AppClass;
  }
}

/**
 * Reads what is kept of the memory of the apps of a project.
 *
 * @throws Error, in one sentence, when it cannot be read
 */
export function readKept(options: StorageOptions): Kept {
  const kept: Kept = { values: [], faults: [] };
  for (const { app, at, left, fault } of listState(options)) {
    if (fault !== undefined) kept.faults.push({ app, reason: fault });
    for (const graph of left.graphs) {
      const values = readValues(graph);
      for (const [key, root] of Object.entries(graph.roots)) {
        const value = values(root);
        kept.values.push({ key, app, at, size: toSize(graph, root), type: toType(value), value });
      }
    }
  }
  return kept;
}

/** Makes the values of a graph, with the private fields of instances as if they were others. */
function readValues({ nodes }: Graph): (root: Stored) => unknown {
  const decoder = new Decoder(nodes, [], new StandIns());
  decoder.isOver = true;
  return (root) => {
    const value = decoder.value(root);
    decoder.settle();
    for (const number of findReached(nodes, [root])) {
      const node = nodes[number];
      if (!node || !node[4] || node[0] === 'E') continue;
      for (const [name, stored] of Object.entries(node[4])) {
        const field = { value: decoder.value(stored), enumerable: true, configurable: true };
        Object.defineProperty(decoder.value([number]), name, field);
      }
      decoder.settle();
    }
    return value;
  };
}

/** The characters of all nodes that a binding leads to. */
function toSize({ nodes }: Graph, root: Stored): number {
  if (refOf(root) < 0) return JSON.stringify(root).length;
  let size = 0;
  for (const number of findReached(nodes, [root])) size += JSON.stringify(nodes[number]).length;
  return size;
}

function toType(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor === 'function' ? String(constructor.name) : 'Object';
}

/** `3 entries`, or `users 3, rooms 1`: of the collection itself, or of those in its fields. */
export function toEntries(value: unknown): string {
  const count = countOf(value);
  if (count !== undefined) return `${count} ${count === 1 ? 'entry' : 'entries'}`;
  if (typeof value !== 'object' || value === null) return '';
  const fields = Object.entries(value).flatMap(([name, inner]) => {
    const entries = countOf(inner);
    return entries === undefined ? [] : [`${name} ${entries}`];
  });
  return fields.join(', ');
}

function countOf(value: unknown): number | undefined {
  if (value instanceof Map || value instanceof Set) return value.size;
  return Array.isArray(value) ? value.length : undefined;
}
