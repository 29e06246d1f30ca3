import { relative, sep } from 'node:path';
import { createDebug } from 'obug';
import { sayOnce, type Say } from '../session/display/say-once.ts';
import type { Accessors, AppClass, Binding, KeepReceiver, PrivateFields } from './binding.ts';
import { ShownClasses } from './rehydrate/classes/classes.ts';
import { kindOf } from './rehydrate/kinds.ts';
import { readBinding, toBindings } from './kept/accessors.ts';
import type { KeeperOptions } from './kept/keeper-options.ts';
import { KeptBindings } from './kept/kept-bindings.ts';
import type { Registered, RegisterOptions } from './kept/registration.ts';
import { StartUp } from './kept/start-up.ts';
import {
  isMemoryDatabase,
  sayCalledTwice,
  sayHidden,
  sayNoData,
  sayRows,
} from './kept/sentences.ts';

const debug = createDebug('holdover:state');

/**
 * What modules tell of themselves, in the process of the app: their bindings are filled with what the last
 * run, or the last evaluation of the module, has left, before anything imports them; and they are what the
 * next snapshot is taken of.
 */
export class Keeper implements KeepReceiver {
  readonly classes = new ShownClasses();
  readonly #options: KeeperOptions;
  readonly #keep: Set<string>;
  readonly #say: Say;
  readonly #kept: KeptBindings;
  /** Functions that were called, by their names, since their module was evaluated. */
  readonly #called = new Map<string, Set<string>>();
  readonly #start: StartUp;

  constructor(options: KeeperOptions) {
    const say = sayOnce(options.say);
    this.#options = options;
    this.#keep = new Set(options.keep);
    this.#say = say;
    this.#start = new StartUp(options);
    this.#kept = new KeptBindings({ ...options, say, classes: this.classes });
  }

  module(file: string, accessors: Accessors, classes: Record<string, unknown> = {}): void {
    const path = this.#toRelative(file);
    this.#try(() => {
      for (const [name, of] of Object.entries(classes)) this.classes.show(path, name, of);
      this.#kept.adoptClasses();
      this.#called.delete(path);
      this.#add(file, toBindings(`${path}#`, accessors));
    });
  }

  privates(
    of: AppClass,
    names: string[],
    has: PrivateFields['has'],
    read: PrivateFields['read'],
    write: PrivateFields['write'],
  ): void {
    this.classes.notePrivates(of, { names, has, read, write });
  }

  call(file: string, functionName: string, accessors: Accessors): void {
    const path = this.#toRelative(file);
    const bindings = toBindings(`${path}#${functionName}/`, accessors);
    const called = this.#called.get(path) ?? new Set();
    this.#called.set(path, called);
    if (!called.has(functionName)) {
      called.add(functionName);
      this.#try(() => this.#add(file, bindings));
      return;
    }
    for (const { key } of bindings)
      if (this.#isKept(key)) this.#say(sayCalledTwice(key, functionName));
  }

  /** Keeps these, too: as in `keep`. */
  keepAlso(keep: string[]): void {
    for (const name of keep) this.#keep.add(name);
  }

  /** Whether code that fills bindings late may still be under way. */
  get isStarting(): boolean {
    return this.#kept.isStarting;
  }

  /** The keys of all that is kept. */
  keys(): string[] {
    return [...this.#kept.all.keys()];
  }

  /** A binding that is kept. */
  find(key: string): Binding | undefined {
    return this.#kept.all.get(key);
  }

  /**
   * Keeps a binding that the code itself names, and puts back what is left of it. Of an object that is kept
   * already only the classes are taken.
   */
  register(binding: Binding, options: RegisterOptions = {}): Registered {
    for (const of of options.classes ?? []) this.classes.show('', of.name, of);
    this.#kept.adoptClasses();
    const known = this.find(binding.key);
    if (known && known.get() === binding.get()) {
      if (options.classes?.length) this.#kept.renewInstances();
      return { isPutBack: false };
    }
    if (isMemoryDatabase(binding.get())) this.#say(sayRows(binding.key));
    this.#start.goOn();
    return this.#kept.register(binding, options);
  }

  /**
   * Puts back once more what differs from what was put back, and what comes later once only. To be called
   * before the app hears of its first request.
   */
  atFirstRequest(): void {
    this.#try(() => this.#kept.endStart(true));
  }

  /**
   * What a snapshot is to be taken of now. Until the first request, what was put back is not among it: code
   * that fills it late may be under way. That ends here when nobody has asked for three seconds: since a
   * server listens, or since modules are loaded in an app that has none.
   *
   * @param isEnd whether it is the last snapshot
   */
  bindings(isEnd = false): Binding[] {
    if (this.#kept.isStarting && (this.#start.isOver() || isEnd)) {
      const { hasServer, isInTouch = () => true } = this.#options;
      // Of an app that ends before it has listened, nobody has heard.
      this.#kept.endStart(hasServer() || (isEnd && !isInTouch()));
    }
    return this.#kept.bindings();
  }

  /** The parts of the last run that are to stay as they are: of what is not among `bindings`. */
  carried(): Map<string, string> {
    const used = this.#kept.used;
    for (const { key } of this.#kept.bindings()) used.add(key);
    const parts = [...(this.#options.previous ?? [])];
    return new Map(parts.filter(([name]) => !used.has(name.replace(/~\d+$/, ''))));
  }

  /** What the next run has to know, by the key of a binding. JSON. */
  facts(): Record<string, unknown> {
    return this.#kept.facts();
  }

  /** The ids of objects in the parts of the last run, the first time only. */
  takeIds(): Map<object, string> {
    return this.#kept.takeIds();
  }

  /** Whatever goes wrong here, the module and the request of the app go on. */
  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      debug('%o', error);
    }
  }

  #add(file: string, bindings: Binding[]): void {
    const kept = bindings.filter(
      (binding) => this.#isKept(binding.key) && this.#holdsData(binding),
    );
    if (kept.length === 0) return;
    this.#start.goOn();
    this.#kept.add(kept, this.#options.textOf?.(file));
  }

  #isKept(key: string): boolean {
    return this.#keep.has(key) || this.#keep.has(key.slice(0, key.indexOf('#')));
  }

  /** Says of what is named by its name why it is not kept. */
  #holdsData(binding: Binding): boolean {
    const { key, set } = binding;
    const { value, isThere } = readBinding(binding);
    if (!isThere) return false;
    const kind = kindOf(value, this.classes);
    const isConstant = !set && (typeof value !== 'object' || value === null);
    if (kind !== 'handle' && !isConstant) return true;
    if (isMemoryDatabase(value)) {
      this.#say(sayRows(key));
      return false;
    }
    const prototype = kind === 'handle' ? (Object.getPrototypeOf(value) as object | null) : null;
    const hidden = prototype === null ? undefined : this.classes.hiddenIn(prototype);
    if (hidden !== undefined) this.#say(sayHidden(key, hidden));
    else if (this.#keep.has(key) || this.#options.previous?.has(key)) {
      this.#say(sayNoData(key, value, this.classes));
    }
    return false;
  }

  #toRelative(file: string): string {
    return relative(this.#options.root, file).split(sep).join('/');
  }
}
