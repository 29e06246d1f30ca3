import type { Say } from '../../session/display/say-once.ts';
import type { Binding } from '../binding.ts';
import type { ShownClasses } from '../rehydrate/classes/classes.ts';
import type { OldValue, Rehydrator } from '../rehydrate/rehydrator.ts';
import type { Asides } from './asides.ts';
import type { Facts } from './facts.ts';
import { wasNothing } from './initial.ts';
import { sayChange, sayOutcome } from './sentences.ts';

/** Puts values back into bindings, and says what has come of it. */
export class PuttingBack {
  readonly #say: Say;
  readonly #classes: ShownClasses;
  readonly #rehydrator: Rehydrator;
  readonly #asides: Asides;
  readonly #facts: Facts;
  /** What did not fit at all, by the key of the binding. It is put back when the code fits again. */
  readonly #unfit = new Map<string, OldValue>();

  constructor(
    { say, classes }: { say: Say; classes: ShownClasses },
    rehydrator: Rehydrator,
    asides: Asides,
    facts: Facts,
  ) {
    this.#say = say;
    this.#classes = classes;
    this.#rehydrator = rehydrator;
    this.#asides = asides;
    this.#facts = facts;
  }

  /** Whether the record of a binding is to stay as it is. */
  isUnfit(key: string): boolean {
    return this.#unfit.has(key);
  }

  /** @returns whether something was put back */
  run(binding: Binding, old: OldValue | undefined, text: string | undefined): boolean {
    const { key } = binding;
    const { initial, changes } = this.#facts.read(binding, old, text);
    // What has not fitted before comes first.
    const unfit = this.#unfit.get(key);
    const isPutBack =
      (unfit !== undefined && this.#putBack(binding, unfit)) ||
      (old !== undefined && this.#putBack(binding, old));
    if (this.#unfit.has(key)) return isPutBack;
    this.#facts.set(key, initial);
    for (const change of isPutBack ? changes : []) this.#say(sayChange(key, change));
    return isPutBack;
  }

  #putBack(binding: Binding, old: OldValue): boolean {
    const { key } = binding;
    const last = this.#facts.initialOf(key);
    const outcome = this.#rehydrator.putBack(binding, old, (path) => wasNothing(last, path));
    for (const sentence of sayOutcome(key, outcome, { classes: this.#classes, last })) {
      this.#say(sentence);
    }
    if (outcome.unfit.some(({ path }) => path.length === 0)) {
      if (!this.#unfit.has(key)) this.#unfit.set(key, old);
      return false;
    }
    if (this.#unfit.get(key) === old) this.#unfit.delete(key);
    this.#asides.exchange(binding, outcome.unfit);
    return true;
  }
}
