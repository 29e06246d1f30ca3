import { types } from 'node:util';
import type { Classes } from '../../binding.ts';
import { privateTextOf } from '../../private-text.ts';

/** The prototypes of the errors of JavaScript, by their names. */
export const ERRORS: Map<string, object> = new Map(
  [
    Error,
    AggregateError,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  ].map((error): [string, object] => [error.name, error.prototype]),
);
const ERROR_NAMES = new Map([...ERRORS].map(([name, prototype]) => [prototype, name]));

/** What is known of a prototype of the app. */
export interface ClassFacts {
  /** The nearest prototype that is not of a class of the app; `null` for none. */
  base: object | null;
  usesPrivates: boolean;
  hasPrivateFields: boolean;
}

/** What the classes that were shown say of instances. */
export class AppClasses {
  readonly #classes: Classes;

  constructor(classes: Classes) {
    this.#classes = classes;
  }

  nameOf(prototype: object): string | undefined {
    return this.#classes.nameOf(prototype);
  }

  /** The facts of a prototype whose class was shown. */
  factsOf(prototype: object): ClassFacts | undefined {
    if (this.nameOf(prototype) === undefined) return undefined;
    const facts: ClassFacts = { base: prototype, usesPrivates: false, hasPrivateFields: false };
    while (facts.base !== null && this.nameOf(facts.base) !== undefined) {
      const made = ownValue(facts.base, 'constructor');
      const sort = typeof made === 'function' ? privateTextOf(made) : 'none';
      facts.usesPrivates ||= sort !== 'none';
      facts.hasPrivateFields ||= sort === 'fields' || sort === 'lowered';
      facts.base = Object.getPrototypeOf(facts.base) as object | null;
    }
    return facts;
  }

  /** The name of the class, if an instance can be made without its constructor. */
  nameOfMakeable(prototype: object): string | undefined {
    const facts = this.factsOf(prototype);
    if (!facts || facts.usesPrivates || !isPlainBase(facts.base)) return undefined;
    return this.nameOf(prototype);
  }

  /** The class and the error of JavaScript that it extends, if an instance can be made. */
  errorOf(prototype: object): { name: string; className?: string | undefined } | undefined {
    const own = ERROR_NAMES.get(prototype);
    if (own !== undefined) return { name: own };
    const facts = this.factsOf(prototype);
    const name = facts?.base && ERROR_NAMES.get(facts.base);
    if (!name || facts.usesPrivates) return undefined;
    return { name, className: this.nameOf(prototype) };
  }
}

/** Whether instances of classes that extend nothing have this prototype. */
export function isPlainBase(base: object | null): boolean {
  return base === null || base === Object.prototype;
}

/** The name for people of what something is, without running anything of it. */
export function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  if (types.isProxy(value)) return 'Proxy';
  let prototype = Object.getPrototypeOf(value) as object | null;
  for (; prototype !== null && !types.isProxy(prototype); prototype = parentOf(prototype)) {
    const tag = ownValue(prototype, Symbol.toStringTag);
    const made = ownValue(prototype, 'constructor');
    const name = typeof made === 'function' ? ownValue(made, 'name') : tag;
    if (typeof name === 'string' && name !== '') return name;
  }
  return 'object';
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}

/** The value of an own property that is no accessor. */
function ownValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
