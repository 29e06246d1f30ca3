import type { Classes } from '../../binding.ts';
import type { PartTree } from '../parse.ts';
import type { Maker, Shell } from './build-others.ts';
import { makeOther } from './build-others.ts';
import type { Node } from './definitions.ts';
import { Definitions } from './definitions.ts';
import { hasTags } from './read-node.ts';
import { Members } from './members.ts';

/** The deepest level of nesting that is read. What is written has less than half of it. */
const DEEPEST = 1000;

/** Makes objects of trees. What cannot be made is marked as bad, to be taken out afterwards. */
export class Builder extends Members implements Maker {
  readonly #definitions: Definitions;
  readonly #made = new Map<string, object>();
  /** What is left to be filled: what entries have, after all that is reached through fields. */
  readonly #later: (() => void)[] = [];
  readonly #contents: (() => void)[] = [];

  constructor(trees: Map<string, PartTree>, classes: Classes) {
    super(trees, classes);
    this.#definitions = new Definitions(trees);
  }

  /** The values of all bindings. */
  build(): Map<string, unknown> {
    const values = new Map<string, unknown>();
    for (const [name, tree] of this.trees) {
      if (!tree.hasValue) continue;
      this.enter(name, name);
      values.set(name, this.value(tree.value, true, 0));
    }
    this.#run();
    return values;
  }

  override value(node: unknown, isOpen: boolean, depth: number): unknown {
    if (typeof node !== 'object' || node === null) return node;
    if (depth > DEEPEST) return this.fail('It is nested too deeply.');
    if (Array.isArray(node)) {
      if (!isOpen) return this.setElements(node, node, depth);
      const array: unknown[] = [];
      this.postpone(array, node, 'Array', depth);
      return array;
    }
    if (!hasTags(node)) {
      if (isOpen) this.open.add(node);
      this.setFields(node, node as Node, isOpen, depth);
      return node;
    }
    const { '~ref': ref, '~id': id } = node as Node;
    if (ref !== undefined) return this.#refer(ref, isOpen);
    if (id === undefined) return this.#make(node as Node, isOpen, depth);
    // Of several with one id the first one counts.
    if (typeof id !== 'string' || this.#definitions.get(id)?.node !== node)
      return this.#refer(id, isOpen);
    const made = this.#made.get(id);
    return made ?? this.#make(node as Node, isOpen, depth, id);
  }

  #run(): void {
    for (;;) {
      const next = this.#later.pop() ?? this.#contents.pop();
      if (!next) return;
      next();
    }
  }

  /** Does something later, as if it was done now. */
  #defer(queue: (() => void)[], fill: () => void, part = this.part, key = this.key): void {
    queue.push(() => {
      this.enter(part, key);
      fill();
    });
  }

  /** Gives a collection that is reached through fields its members, after all such objects are there. */
  postpone(object: object, list: unknown, tag: string, depth: number): void {
    this.open.add(object);
    this.#defer(this.#contents, () => {
      this.members(object, list, tag, depth);
    });
  }

  #make(node: Node, isOpen: boolean, depth: number, id?: string): unknown {
    const shell = this.#shell(node, isOpen, depth);
    this.#register(shell.object, id);
    this.#fill(shell);
    return shell.object;
  }

  #fill({ object, fill }: Shell): void {
    try {
      fill?.();
    } catch {
      this.fail('It is damaged.', object as object);
    }
  }

  #register(object: unknown, id: string | undefined): void {
    if (id === undefined || typeof object !== 'object' || object === null) return;
    this.#made.set(id, object);
    this.ids.set(object, id);
  }

  #refer(id: unknown, isOpen: boolean): unknown {
    const known = typeof id === 'string' ? this.#definitions.get(id) : undefined;
    if (!known || typeof id !== 'string')
      return this.fail('It refers to an object that is not there.');
    const made = this.#made.get(id);
    if (made) return made;
    const part = this.part;
    const key = this.key;
    this.enter(known.part, known.key);
    const shell = this.#shell(known.node, isOpen, 1);
    this.#register(shell.object, id);
    this.#defer(this.#later, () => this.#fill(shell));
    this.enter(part, key);
    return shell.object;
  }

  /** An object that is empty as yet. */
  #shell(node: Node, isOpen: boolean, depth: number): Shell {
    for (const tag in node) {
      if (!tag.startsWith('~') || tag.startsWith('~~') || tag === '~id') continue;
      const name = tag.slice(1);
      const content = node[tag];
      if (name === 'Map' || name === 'Set' || name === 'Array') {
        return this.#collection(name, content, isOpen, depth);
      }
      try {
        return makeOther(this, name, content, isOpen, depth);
      } catch {
        return { object: this.fail('It is damaged.') };
      }
    }
    const object = {};
    if (isOpen) this.open.add(object);
    return {
      object,
      fill: () => {
        this.setFields(object, node, isOpen, depth);
      },
    };
  }

  #collection(tag: 'Map' | 'Set' | 'Array', list: unknown, isOpen: boolean, depth: number): Shell {
    const object = tag === 'Map' ? new Map() : tag === 'Set' ? new Set() : [];
    const fill = (): void => {
      if (isOpen) this.postpone(object, list, tag, depth);
      else this.members(object, list, tag, depth);
    };
    return { object, fill };
  }
}
