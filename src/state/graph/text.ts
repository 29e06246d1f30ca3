import { checkGraph, pickRoots, type Graph } from './nodes.ts';
import { prune } from './prune.ts';
import type { Recorded } from './record.ts';

/** Entries of collections that wait for their class. */
export interface WaitingEntries {
  /** Nothing but these entries, and what leads to them. */
  graph: Graph;
  /** The names of the classes. */
  waitsFor: string[];
}

/** What a run has left for the next one. */
export interface Left {
  /** The values of its bindings, and behind them those of earlier runs whose bindings were not there. */
  graphs: Graph[];
  waiting: WaitingEntries[];
  /** A hash of the text of each kept file, by its path. */
  texts: Record<string, string>;
}

/** The version of the form. */
export const FORM = 2;

/** Only nodes of this many characters, or more, are left out one by one. */
const LARGE = 1_000_000;
/** How many nodes are written between two turns of the app. */
const STEP = 500;

/** A snapshot as a text, and what was too large for it. */
export interface Written {
  text: string;
  /** By the key of the binding: the characters that were left out. */
  tooLarge: Map<string, number>;
}

/**
 * Writes a snapshot, in steps between which others may have a turn.
 *
 * @param limit of the text, in characters: what would take it over that is left out, the largest first
 */
export function* toText(
  recorded: Recorded,
  carried: Left,
  limit: number,
): Generator<void, Written> {
  const { open, keyOf, textOf } = recorded;
  const tooLarge = new Map<string, number>();
  let { graph } = recorded;
  const rest = JSON.stringify({ texts: carried.texts, waiting: carried.waiting });
  const others = carried.graphs.map((one) => JSON.stringify(one));
  const room = limit - rest.length - others.reduce((sum, { length }) => sum + length + 1, 100);
  for (let hasUnused = true; ; hasUnused = false) {
    const pieces: string[] = [];
    const sizes: number[] = [];
    let size = JSON.stringify(graph.roots).length;
    for (const [number, node] of graph.nodes.entries()) {
      const piece = node === 0 ? '0' : textOf(number, node);
      sizes.push(piece?.length ?? Number.POSITIVE_INFINITY);
      size += (sizes[number] as number) + 1;
      if (size <= room) pieces.push(piece as string);
      if (number % STEP === 0) yield;
    }
    if (size <= room) {
      const own = `{"roots":${JSON.stringify(graph.roots)},"nodes":[${pieces.join(',')}]}`;
      const graphs = [own, ...others].join(',');
      return { text: `{${rest.slice(1, -1)},"graphs":[${graphs}]}`, tooLarge };
    }
    graph = hasUnused
      ? pickRoots(graph, Object.keys(graph.roots))
      : withoutLargest(graph, sizes, size - room, { open, keyOf, tooLarge });
  }
}

function withoutLargest(
  graph: Graph,
  sizes: number[],
  excess: number,
  { open, keyOf, tooLarge }: Pick<Recorded, 'open' | 'keyOf'> & Pick<Written, 'tooLarge'>,
): Graph {
  const note = (key: string, size: number): void =>
    void tooLarge.set(key, (tooLarge.get(key) ?? 0) + size);
  const bad = new Map<number, string>();
  let left = excess;
  for (const [number, size] of [...sizes.entries()].sort(([, a], [, b]) => b - a)) {
    if (left <= 0 || size < LARGE) break;
    bad.set(number, 'too large');
    note(keyOf(number), size);
    left -= size;
  }
  if (bad.size > 0) return prune(graph, { open, bad, keyOf }).graph;
  // It is many small ones: the largest binding goes.
  const byKey = new Map<string, number>();
  for (const [number, size] of sizes.entries())
    if (graph.nodes[number]) byKey.set(keyOf(number), (byKey.get(keyOf(number)) ?? 0) + size);
  const [[largest, size]] = [...byKey].sort(([, a], [, b]) => b - a) as [[string, number]];
  note(largest, size);
  return pickRoots(
    graph,
    Object.keys(graph.roots).filter((key) => key !== largest),
  );
}

/**
 * Reads a snapshot from JSON that nobody has checked.
 *
 * @returns undefined for anything else
 */
export function checkLeft(value: unknown): Left | undefined {
  const { graphs, waiting, texts } = (value ?? {}) as Partial<Left>;
  if (!Array.isArray(graphs) || !Array.isArray(waiting)) return undefined;
  const isRight = [...graphs, ...waiting.map(({ graph }) => graph)].every(checkGraph);
  return isRight ? { graphs, waiting, texts: texts ?? {} } : undefined;
}
