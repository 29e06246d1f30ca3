import type { Binding } from '../binding.ts';
import type { AppClasses } from './classes.ts';
import type { CodeMade } from './decode.ts';
import { encodeNow } from './encode.ts';
import type { GraphNode } from './nodes.ts';
import { pruneEncoded } from './prune.ts';

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
