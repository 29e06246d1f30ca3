import type { Binding } from '../../binding.ts';
import type { Chunk } from './container.ts';
import { Container } from './container.ts';
import type { Form } from '../kinds/open-shapes.ts';
import type { Part } from './tape.ts';
import { Tape, UNREAD } from './tape.ts';

/** What is known of a binding. */
export class Kept {
  binding: Binding;
  readonly root: Tape;
  readonly containers = new Map<object, Container>();
  /** Whether something may be left of what nothing leads to any more. */
  isUnswept = false;
  #parts = 0;
  readonly #newPart = (): Part => this.#part(`${this.binding.key}~${this.#parts++}`);

  constructor(binding: Binding) {
    this.binding = binding;
    this.root = new Tape(this.#part(binding.key), true);
  }

  /** Its value; `UNREAD` while the code has not come to it. */
  read(): unknown {
    try {
      return this.binding.get();
    } catch {
      return UNREAD;
    }
  }

  /** The one of a collection, which lasts as long as something of the binding leads to it. */
  container(object: object, form: Form, owner: Tape, path: string[]): Container {
    let container = this.containers.get(object);
    if (!container) {
      container = new Container(object, form, owner, this.#newPart);
      this.containers.set(object, container);
    }
    // What is no part of its own stands within the one of the owner.
    if (!container.isCut) for (const { tape } of container.chunks) tape.part = owner.part;
    container.owner = owner;
    container.path = form === 'fields' ? path : undefined;
    return container;
  }

  /** Whether it has collections whose members were not looked at as yet. */
  get hasNew(): boolean {
    return [...this.containers.values()].some(({ chunks }) => chunks.length === 0);
  }

  /** All tapes that are in use. */
  *tapes(): Generator<Tape, void> {
    yield this.root;
    for (const { chunks } of this.containers.values()) for (const { tape } of chunks) yield tape;
  }

  /** Lets go of what nothing leads to any more, and says of what. */
  sweep(): Chunk[] {
    this.isUnswept = false;
    const found = new Set<object>();
    const visit = (tape: Tape): void => {
      for (const object of tape.found) {
        if (found.has(object)) continue;
        found.add(object);
        const container = this.containers.get(object);
        if (container?.form === 'fields') for (const chunk of container.chunks) visit(chunk.tape);
      }
    };
    visit(this.root);
    const chunks: Chunk[] = [];
    for (const [object, container] of this.containers) {
      if (!found.has(object)) {
        container.clear();
        this.containers.delete(object);
      }
      for (const chunk of container.takeRemoved()) chunks.push(chunk);
    }
    return chunks;
  }

  #part(name: string): Part {
    return { name, key: this.binding.key, isStale: true, length: 0 };
  }
}
