import { pickRoots } from '../graph/nodes.ts';
import { type Left } from '../graph/text.ts';
import type { Place } from './place.ts';

/**
 * What a command has asked to forget. Only commands write it: a reader leaves out what it names, so that it
 * counts at once, whatever a running app writes. Such an app honours it when it writes the next time, and keeps
 * nothing of it until it is started again.
 */
export interface Forgotten {
  /** The number of the last request. */
  last: number;
  /** Of the last one that named everything. */
  all: number;
  /** Of the last one that named a binding, by its key. */
  keys: Record<string, number>;
}

export const FORGOTTEN_KEY = 'forgotten';

export function readForgotten(place: Place): Forgotten {
  const text = place.get(FORGOTTEN_KEY);
  return text === undefined ? { last: 0, all: 0, keys: {} } : (JSON.parse(text) as Forgotten);
}

/** @param key of a binding; @default all */
export function askToForget(place: Place, key?: string): void {
  const forgotten = readForgotten(place);
  const last = forgotten.last + 1;
  const next =
    key === undefined
      ? { last, all: last, keys: {} }
      : { ...forgotten, last, keys: { ...forgotten.keys, [key]: last } };
  place.set(FORGOTTEN_KEY, JSON.stringify(next));
}

/** Whether what has honoured the requests up to a number has still to leave out a binding. */
export function isForgotten({ all, keys }: Forgotten, honoured: number, key: string): boolean {
  return Math.max(all, Object.hasOwn(keys, key) ? (keys[key] as number) : 0) > honoured;
}

/** Returns what a run has left without the bindings that are to be forgotten. */
export function withoutForgotten(left: Left, isOut: (key: string) => boolean): Left {
  const pick = (graph: Left['graphs'][number]): Left['graphs'][number] | undefined => {
    const all = Object.keys(graph.roots);
    const kept = all.filter((key) => !isOut(key));
    if (kept.length === all.length) return graph;
    return kept.length === 0 ? undefined : pickRoots(graph, kept);
  };
  return {
    ...left,
    graphs: left.graphs.flatMap((graph) => pick(graph) ?? []),
    waiting: left.waiting.flatMap((one) => {
      const graph = pick(one.graph);
      return graph ? [{ ...one, graph }] : [];
    }),
  };
}
