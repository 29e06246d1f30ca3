import type { Binding } from '../binding.ts';
import type { ShownClasses } from '../rehydrate/classes/classes.ts';
import type { OldValue } from '../rehydrate/rehydrator.ts';
import type { AsideFacts } from './asides.ts';
import { findChanges, readInitial, type InitialChange, type InitialFacts } from './initial.ts';

/** What is known of a binding from one run to the next. JSON. */
interface BindingFacts {
  initial?: InitialFacts;
  aside?: AsideFacts;
}

/** What is known of all bindings: from the last run, until the code of this one has made them. */
export class Facts {
  readonly #classes: ShownClasses;
  readonly #facts: Map<string, BindingFacts>;

  constructor(facts: Record<string, unknown>, classes: ShownClasses) {
    this.#facts = new Map(Object.entries(facts) as [string, BindingFacts][]);
    this.#classes = classes;
  }

  /** What was set aside in the last run. */
  asides(): Map<string, AsideFacts> {
    const those = new Map<string, AsideFacts>();
    for (const [key, { aside }] of this.#facts) if (aside) those.set(key, aside);
    return those;
  }

  initialOf(key: string): InitialFacts | undefined {
    return this.#facts.get(key)?.initial;
  }

  /**
   * Reads what the code has made, before anything is put back into it.
   *
   * @param text tells one text of the module from another
   */
  read(
    binding: Binding,
    old: OldValue | undefined,
    text: string | undefined,
  ): { initial: InitialFacts; changes: InitialChange[] } {
    const classes = this.#classes;
    const value = binding.get();
    const last = this.initialOf(binding.key);
    const initial = readInitial(value, classes, text, last);
    if (!old || !last) return { initial, changes: [] };
    const changes = findChanges(old.value, value, { classes, last, facts: initial });
    return { initial, changes };
  }

  set(key: string, initial: InitialFacts): void {
    this.#facts.set(key, { initial });
  }

  /** @param used the keys of those that are no more */
  toJson(used: Set<string>): [key: string, facts: unknown][] {
    return [...this.#facts].filter(([key]) => !used.has(key));
  }
}
