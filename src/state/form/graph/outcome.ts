import type { Classes } from '../../binding.ts';
import { AppClasses } from '../kinds/app-classes.ts';
import type { Fault, ObjectFacts } from '../revived.ts';

/** What comes of building a graph, beside its values. */
export class Outcome {
  readonly facts = new Map<object, ObjectFacts>();
  readonly faults: Fault[] = [];
  readonly ids = new Map<object, string>();
  /** Objects that are reached through fields only. */
  readonly open = new Set<object>();
  /** Stand where something could not be made. */
  readonly bad = new Set<object>();
  /** The part that is read, and the binding that it is of. */
  protected part = '';
  protected key = '';
  readonly #classes: Classes;
  readonly #appClasses: AppClasses;

  constructor(classes: Classes) {
    this.#classes = classes;
    this.#appClasses = new AppClasses(classes);
  }

  /** Says what is wrong with the part, and gives something for the place of it. */
  fail(reason: string, hole: object = {}): object {
    const part = this.part;
    if (!this.faults.some((fault) => fault.part === part && fault.reason === reason)) {
      this.faults.push({ part, reason });
    }
    this.bad.add(hole);
    return hole;
  }

  /** What instances of a class are made from, if it was shown and they can be made. */
  prototypeFor(className: string, isError = false): object | undefined {
    const prototype = this.#classes.find(className)?.prototype as object | undefined;
    if (!prototype) return undefined;
    const classes = this.#appClasses;
    // What stands in for the class of an error until that is shown is no error.
    const isMade = isError && classes.errorOf(prototype) !== undefined;
    return isMade || classes.nameOfMakeable(prototype) !== undefined ? prototype : undefined;
  }

  protected enter(part: string, key: string): void {
    this.part = part;
    this.key = key;
  }
}
