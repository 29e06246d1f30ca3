import { createDebug } from 'obug';
import type { Say } from '../../session/display/say-once.ts';
import type { Binding, Classes } from '../binding.ts';
import { Asides } from './asides.ts';
import { Facts } from './facts.ts';
import type { ShownClasses } from '../rehydrate/classes/classes.ts';
import { PuttingBack } from './putting-back.ts';
import type { OldGraph } from '../rehydrate/old-graph.ts';
import { Rehydrator, type OldValue } from '../rehydrate/rehydrator.ts';
import { sayFailed } from './sentences.ts';
import type { Registered, RegisterOptions } from './registration.ts';

const debug = createDebug('holdover:state');

export interface KeptBindingsOptions {
  classes: ShownClasses;
  say: Say;
  facts?: Record<string, unknown> | undefined;
  revive?: ((classes: Classes) => OldGraph) | undefined;
  /** Something of the last run was put back. */
  onPutBack?: ((key: string) => void) | undefined;
}

/** The bindings that are kept, and what the last run has left of them. */
export class KeptBindings {
  readonly #options: KeptBindingsOptions;
  readonly #rehydrator: Rehydrator;
  readonly #asides: Asides;
  readonly #bindings = new Map<string, Binding>();
  readonly #facts: Facts;
  readonly #puttingBack: PuttingBack;
  /** The keys of what was put back, until the start is over. */
  readonly #fresh = new Set<string>();
  /** What could not be put back for a reason that nobody has thought of: their records stay, too. */
  readonly #failed = new Set<string>();
  #isStarting = true;
  #ids = new Map<object, string>();

  constructor(options: KeptBindingsOptions) {
    this.#options = options;
    const { classes, facts = {}, revive } = options;
    this.#facts = new Facts(facts, classes);
    this.#rehydrator = new Rehydrator(classes, revive);
    this.#asides = new Asides(this.#facts.asides(), this.#rehydrator, classes);
    this.#puttingBack = new PuttingBack(options, this.#rehydrator, this.#asides, this.#facts);
  }

  /** Whether code that fills bindings late may still be under way. */
  get isStarting(): boolean {
    return this.#isStarting;
  }

  /** To be called when classes were shown. */
  adoptClasses(): void {
    this.#rehydrator.adopt();
    if (!this.#isStarting) this.#letGo();
  }

  /** Gives all instances the newest classes of their names, those that the code has made since, too. */
  renewInstances(): void {
    this.#rehydrator.link([], true);
    if (!this.#isStarting) this.#letGo();
  }

  /**
   * Keeps the bindings of a module, and puts back into them what is left.
   *
   * @param text tells one text of the module from another
   */
  add(bindings: Binding[], text?: string): void {
    try {
      const isLive = bindings.some(({ key }) => this.#bindings.has(key));
      const olds = bindings.map(({ key }) => this.#oldOf(key));
      const done = bindings.filter((binding, i) => this.#begin(binding, olds[i], text));
      this.#finish(done, isLive);
    } catch (error) {
      for (const { key } of bindings) this.#fail(key, error);
    }
  }

  /** Keeps one binding that the code itself has named. */
  register(binding: Binding, { check }: RegisterOptions): Registered {
    const isLive = this.#bindings.has(binding.key);
    const old = this.#oldOf(binding.key);
    try {
      if (old) check?.(old.value);
    } catch (refused) {
      this.#asides.add({ of: binding.key, value: old?.value });
      this.#begin(binding, undefined);
      return { isPutBack: false, refused };
    }
    const isPutBack = this.#begin(binding, old);
    this.#finish(isPutBack ? [binding] : [], isLive);
    return { isPutBack };
  }

  /** @param isAsked whether nobody has been told of what late code has made since */
  endStart(isAsked: boolean): void {
    if (!this.#isStarting) return;
    this.#isStarting = false;
    for (const key of isAsked ? this.#fresh : []) {
      try {
        this.#rehydrator.putBackAgain(key);
      } catch (error) {
        this.#fail(key, error);
      }
    }
    this.#fresh.clear();
    this.#takeOutWaiting();
    this.#letGo();
  }

  get all(): ReadonlyMap<string, Binding> {
    return this.#bindings;
  }

  /** What a snapshot is to be taken of now. */
  bindings(): Binding[] {
    const among = [...this.#bindings.values()].filter(
      ({ key }) =>
        !this.#puttingBack.isUnfit(key) && !this.#fresh.has(key) && !this.#failed.has(key),
    );
    if (this.#isStarting) return among;
    this.#takeOutWaiting();
    return [...among, ...this.#asides.bindings()];
  }

  /** The keys of records that were put back elsewhere, and are no more. */
  get used(): Set<string> {
    return this.#isStarting ? new Set() : this.#asides.used;
  }

  facts(): Record<string, unknown> {
    return Object.fromEntries([...this.#facts.toJson(this.used), ...this.#asides.facts()]);
  }

  takeIds(): Map<object, string> {
    const ids = this.#ids;
    this.#ids = new Map();
    return ids;
  }

  #oldOf(key: string): OldValue | undefined {
    if (this.#fresh.has(key)) this.#rehydrator.putBackAgain(key);
    const before = this.#bindings.get(key);
    return before ? { value: before.get(), isLive: true } : this.#rehydrator.take(key);
  }

  /** @returns whether something was put back */
  #begin(binding: Binding, old: OldValue | undefined, text?: string): boolean {
    this.#bindings.set(binding.key, binding);
    this.#rehydrator.heed(binding);
    return this.#puttingBack.run(binding, old, text);
  }

  #finish(done: Binding[], isLive: boolean): void {
    if (done.length === 0) return;
    this.#rehydrator.link(done, isLive);
    if (!isLive) for (const { key } of done) this.#options.onPutBack?.(key);
    if (!this.#isStarting) return this.#letGo();
    for (const binding of done) {
      this.#rehydrator.remember(binding);
      this.#fresh.add(binding.key);
    }
  }

  /** The app goes on with what its code makes. */
  #fail(key: string, error: unknown): void {
    debug('%s: %o', key, error);
    this.#failed.add(key);
    this.#options.say(sayFailed(key));
  }

  #letGo(): void {
    for (const [object, id] of this.#rehydrator.finish()) this.#ids.set(object, id);
  }

  /** What waits for a class that is not there is kept beside what the app sees. */
  #takeOutWaiting(): void {
    if (!this.#rehydrator.isWaiting) return;
    for (const binding of this.#bindings.values()) {
      for (const sentence of this.#asides.takeOut(binding)) this.#options.say(sentence);
    }
    this.#rehydrator.endWaiting();
  }
}
