import type { Classes } from '../../binding.ts';
import type { PartTree } from '../parse.ts';
import type { Node } from './definitions.ts';
import { setField } from './fields.ts';
import { Outcome } from './outcome.ts';

/** Gives objects and collections their members, from where they stand or from parts of their own. */
export abstract class Members extends Outcome {
  protected readonly trees: Map<string, PartTree>;
  /** Names of parts that were read: each is one of one collection. */
  readonly #read = new Set<string>();

  constructor(trees: Map<string, PartTree>, classes: Classes) {
    super(classes);
    this.trees = trees;
  }

  /** The value of a node. */
  abstract value(node: unknown, isOpen: boolean, depth: number): unknown;

  /** Gives an object the fields that a node has. */
  setFields(object: object, fields: Node, isOpen: boolean, depth: number): void {
    for (const name in fields) {
      if (name === '~id') continue;
      const key = name.startsWith('~~') ? name.slice(1) : name;
      const node = fields[name];
      const value = this.value(node, isOpen, depth + 1);
      if (object !== fields || value !== node) setField(object, key, value);
    }
  }

  /** Gives a collection its members. */
  members(object: object, list: unknown, tag: string, depth: number): void {
    const numbers = (list as { '~cut'?: unknown } | undefined)?.['~cut'];
    if (Array.isArray(list)) this.#add(object, list, tag, depth);
    else if (!Array.isArray(numbers)) this.fail('It is damaged.');
    else {
      for (const number of numbers) {
        this.#chunk(number, ({ entries, fields }) => {
          if (tag === 'fields' && fields) this.setFields(object, fields as Node, true, 1);
          else if (tag !== 'fields' && entries) this.#add(object, entries, tag, 1);
          else this.fail('It is damaged.');
        });
      }
    }
  }

  /** Reads one of the parts that a collection is cut into. */
  #chunk(number: unknown, read: (tree: PartTree) => void): void {
    const part = this.part;
    const name = `${this.key}~${String(number)}`;
    const tree = this.trees.get(name);
    this.part = name;
    if (!tree) this.fail('It is missing.');
    else if (this.#read.has(name)) this.fail('It is damaged.');
    else {
      this.#read.add(name);
      read(tree);
    }
    this.part = part;
  }

  protected setElements(array: unknown[], nodes: unknown[], depth: number): unknown[] {
    for (const [i, node] of nodes.entries()) {
      array[i] = this.value(node, false, depth + 1);
    }
    return array;
  }

  #add(object: object, list: unknown[], tag: string, depth: number): void {
    for (const node of list) {
      if (tag === 'Map') this.#addEntry(object as Map<unknown, unknown>, node, depth);
      else if (tag === 'Set') (object as Set<unknown>).add(this.value(node, false, depth + 1));
      else (object as unknown[]).push(this.value(node, false, depth + 1));
    }
  }

  #addEntry(map: Map<unknown, unknown>, node: unknown, depth: number): void {
    const [keyNode, valueNode] = Array.isArray(node) ? node : [this.fail('It is damaged.')];
    map.set(this.value(keyNode, false, depth + 1), this.value(valueNode, false, depth + 1));
  }
}
