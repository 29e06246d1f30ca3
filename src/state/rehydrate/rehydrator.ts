import type { Binding, Classes } from '../binding.ts';
import type { ShownClasses } from './classes/classes.ts';
import type { OldPrivate, Outcome, PutBackContext } from './context.ts';
import { noteCodeMade } from './holds-handle.ts';
import { NO_GRAPH, type OldGraph } from './old-graph.ts';
import { readPrivates } from './private-fields.ts';
import { putBack } from './put-back.ts';
import { relink, setPrototype } from './relink.ts';
import { Shadow } from './shadow.ts';

/** A value of an older evaluation or run. */
export interface OldValue {
  value: unknown;
  /** Whether it is that of an older evaluation in this process. */
  isLive?: boolean;
}

/**
 * Puts values back into bindings, one module after the other, so that all of them are one graph in the end:
 * an object that two bindings had is one object again.
 */
export class Rehydrator {
  readonly #classes: ShownClasses;
  #revive: ((classes: Classes) => OldGraph) | undefined;
  readonly #codeMade = new WeakSet<object>();
  #graph: OldGraph = NO_GRAPH;
  /** What of the last run, and what of an older evaluation has its content in another object now. */
  readonly #ofRun = new Map<object, object>();
  readonly #ofLive = new Map<object, object>();
  #filled = new Set<object>();
  /** How many of the first were there when everything was linked last. */
  #linked = 0;
  #waiting = new Map<string, object[]>();
  #prototypes = new Set<object>();
  /** What was put back, by the key of the binding, until it is put back once more. */
  readonly #shadows = new Map<string, Shadow>();
  /** What has been put back into. */
  readonly #bindings = new Map<string, Binding>();

  /** @param revive makes the values of the last run, when the first one is asked for */
  constructor(classes: ShownClasses, revive?: (classes: Classes) => OldGraph) {
    this.#classes = classes;
    this.#revive = revive;
  }

  /** Takes the value of a binding in the last run, the first time only. */
  take(key: string): OldValue | undefined {
    if (this.#revive) this.#graph = this.#revive(this.#classes);
    this.#revive = undefined;
    const { values } = this.#graph;
    if (!values.has(key)) return undefined;
    const value = values.get(key);
    values.delete(key);
    return { value };
  }

  /** Heeds what the code has just made, before anything is put back into it. */
  heed(binding: Binding): void {
    this.#bindings.set(binding.key, binding);
    noteCodeMade(binding.get(), this.#classes, this.#codeMade);
  }

  /** @param wasNothing whether the code of the last run had made null or undefined at a place in it */
  putBack(
    binding: Binding,
    { value, isLive = false }: OldValue,
    wasNothing: PutBackContext['wasNothing'] = () => false,
  ): Outcome {
    const context = this.#contextOf((old) => this.#oldPrivatesOf(old));
    const replaced = isLive ? this.#ofLive : this.#ofRun;
    return putBack(binding, value, { ...context, replaced, isLive, wasNothing });
  }

  /**
   * To be called when the bindings of a module have their values. Nothing is walked over where nothing can
   * be found: an object has an id if it is referred to from elsewhere.
   *
   * @param isEvery whether everything is to be looked at, and not what is new only
   */
  link(bindings: Binding[], isEvery: boolean): void {
    const { ids } = this.#graph;
    const isShared = (old: object): boolean => ids === undefined || ids.has(old);
    const olds = [...this.#ofRun.keys()];
    const isAll = isEvery || olds.slice(this.#linked).some(isShared);
    this.#linked = olds.length;
    if (!isAll && !this.#classes.hasStandIns && !olds.some(isShared)) return;
    for (const [old, now] of this.#ofRun) this.#ofRun.set(old, this.#ofLive.get(now) ?? now);
    const replaced = new Map([...this.#ofRun, ...this.#ofLive]);
    const roots = isAll ? this.#roots() : bindings.map(({ get }) => get());
    for (const shadow of this.#shadows.values()) shadow.follow(replaced);
    const found = relink(roots, replaced, this.#classes);
    this.#waiting = isAll ? found.waiting : new Map([...this.#waiting, ...found.waiting]);
    this.#prototypes = new Set([...(isAll ? [] : this.#prototypes), ...found.prototypes]);
  }

  /** To be called when classes were shown: older instances, and those that wait, get them. */
  adopt(): void {
    for (const { object, className } of this.#graph.waiting ?? []) {
      const { prototype } = this.#classes.find(className);
      if (this.#classes.awaitedBy(prototype) === undefined) setPrototype(object, prototype);
    }
    const isOutdated = [...this.#prototypes].some(
      (one) => this.#classes.successorOf(one) !== undefined,
    );
    if (isOutdated) this.link([], true);
  }

  /** Whether instances wait for their class. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  endWaiting(): void {
    this.#waiting.clear();
  }

  /** Remembers what a binding holds now, for `putBackAgain`. */
  remember(binding: Binding): void {
    this.#shadows.set(binding.key, new Shadow(binding.get(), this.#classes));
  }

  /** Puts back once more what differs from what was put back. */
  putBackAgain(key: string): void {
    const binding = this.#bindings.get(key);
    const shadow = this.#shadows.get(key);
    this.#shadows.delete(key);
    if (!binding || !shadow || shadow.isSame(binding.get())) return;
    this.heed(binding);
    const replaced = new Map<object, object>();
    const context = this.#contextOf((copy) => shadow.privatesOf(copy));
    putBack(binding, shadow.root, {
      ...context,
      replaced,
      filled: new Set(),
      originalOf: (copy) => shadow.originalOf(copy),
      isWhole: () => true,
    });
  }

  /**
   * Lets go of what only putting back needs.
   *
   * @returns the ids of objects in the texts of the last run, for those that are there now
   */
  finish(): Map<object, string> {
    const ids = new Map<object, string>();
    for (const [old, id] of this.#graph.ids ?? []) ids.set(this.#ofRun.get(old) ?? old, id);
    if (this.#graph.values.size === 0) {
      this.#graph = NO_GRAPH;
      this.#ofRun.clear();
      this.#linked = 0;
    }
    this.#ofLive.clear();
    this.#shadows.clear();
    this.#filled = new Set();
    return ids;
  }

  /** With what is remembered, which refers to the same objects. */
  #roots(): unknown[] {
    const values = Array.from(this.#bindings.values(), ({ get }) => get());
    const remembered = Array.from(this.#shadows.values(), (shadow) => shadow.roots());
    return [...values, ...remembered.flat()];
  }

  #contextOf(oldPrivatesOf: PutBackContext['oldPrivatesOf']): PutBackContext {
    return {
      classes: this.#classes,
      replaced: this.#ofRun,
      filled: this.#filled,
      isLive: true,
      codeMade: this.#codeMade,
      oldPrivatesOf,
      wasNothing: () => false,
      isWhole: (old) => this.#graph.facts.get(old)?.isWhole !== false,
    };
  }

  #oldPrivatesOf(old: object): OldPrivate[] {
    const privates = this.#graph.facts.get(old)?.privates;
    return privates ? Object.entries(privates) : readPrivates(old, this.#classes);
  }
}
