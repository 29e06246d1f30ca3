import type { PartTree } from '../parse.ts';

/** An object of a tree. */
export type Node = Record<string, unknown>;

/** Where an object with an id is defined. */
export interface Definition {
  node: Node;
  part: string;
  /** The key of the binding. */
  key: string;
}

/** Finds the definitions of objects by their ids, in all parts. Of several the first one counts. */
export class Definitions {
  readonly #known = new Map<string, Definition>();

  constructor(trees: Map<string, PartTree>) {
    for (const [name, tree] of trees) if (tree.hasIds) this.#index(name, tree);
  }

  get(id: string): Definition | undefined {
    return this.#known.get(id);
  }

  #index(part: string, tree: PartTree): void {
    const key = tree.hasValue ? part : part.replace(/~\d+$/, '');
    const stack: unknown[] = [tree.more, tree.entries, tree.fields, tree.value];
    while (stack.length > 0) {
      const node = stack.pop();
      if (typeof node !== 'object' || node === null) continue;
      const id = (node as Node)['~id'];
      if (typeof id === 'string' && !this.#known.has(id)) {
        this.#known.set(id, { node: node as Node, part, key });
      }
      for (const child of Object.values(node)) if (typeof child === 'object') stack.push(child);
    }
  }
}
