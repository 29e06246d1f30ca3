import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { types } from 'node:util';
import { createDebug } from 'obug';
import { toPrintable } from '../session/display/printable.ts';
import { sayOnce, type Say } from '../session/display/say-once.ts';
import type {
  Accessors,
  AppClass,
  Binding,
  KeepReceiver,
  PrivateFields,
  ShownClasses,
} from './binding.ts';
import { AppClasses, findClasses } from './graph/classes.ts';
import type { CodeMade } from './graph/decode.ts';
import { encodeNow } from './graph/encode.ts';
import { tagOf, findLeftOut } from './graph/kinds.ts';
import { pruneEncoded, toCodeMade } from './graph/prune.ts';
import { isRefused, PutBack, type Outcome } from './graph/put-back.ts';
import type { Left, WaitingEntries } from './graph/text.ts';
import {
  isMemoryDatabase,
  sayCalledTwice,
  sayEdited,
  sayHidden,
  sayNoData,
  sayNothing,
  sayOutcome,
  sayRows,
  sayWaiting,
} from './sentences.ts';
import { toThereIs } from './reach/tail.ts';
import { StartUp } from './start-up.ts';

const debug = createDebug('holdover:state');

export interface KeeperOptions {
  /** The root of the project, absolute. */
  root: string;
  /** What is kept: `server/storage.ts`, `server/db.ts#users`, `routes/todos.ts#todoRoutes/mem`. */
  keep: string[];
  say: Say;
  left?: Left | undefined;
  /** A value of the last run was put back, without those of its members that cannot be kept. */
  onPutBack?: (key: string, leftOut: string[]) => void;
  /** Returns the text of a file, which tells whether it was edited. */
  textOf?: (file: string) => string | undefined;
  /** Whether a server has listened by now. */
  hasServer: () => boolean;
  /**
   * Whether a connection to elsewhere is open, by which others may have been told something.
   * @default true
   */
  isInTouch?: () => boolean;
  /** How long late seeds are waited for where no request comes. @default 3000 milliseconds */
  startup?: number;
}

export interface RegisterOptions {
  /** Those that instances in it are of. */
  classes?: AppClass[] | undefined;
  /** Throws an Error that says why the old value does not fit, if it does not. */
  check?: ((old: unknown) => void) | undefined;
}

export interface Registered {
  isPutBack: boolean;
  /** What `check` has thrown: the old value is set aside. */
  refused?: unknown;
}

/**
 * What modules tell of themselves, in the process of the app: their bindings are filled with what the last
 * run, or the last evaluation of the module, has left, before anything imports them; and they are what the
 * next snapshot is taken of.
 */
export class Keeper implements KeepReceiver {
  readonly classes: AppClasses = new AppClasses();
  readonly #options: KeeperOptions;
  readonly #keep: Set<string>;
  readonly #say: Say;
  readonly #start: StartUp;
  readonly #bindings = new Map<string, Binding>();
  /** What is left of former runs, and of values that did not fit after a reload. */
  readonly #putBacks: PutBack[];
  #waiting: WaitingEntries[];
  readonly #texts: Record<string, string>;
  /** Bindings that have not got their old value: it waits, and theirs is not kept. */
  readonly #unfit = new Set<string>();
  /** Bindings that were put back, until the start is over. */
  readonly #fresh = new Set<string>();
  /** Functions that were called, by their names, since their module was evaluated. */
  readonly #called = new Map<string, Set<string>>();
  /** Looks again at classes that were not there when they were shown. */
  #notYet: (() => void)[] = [];
  #isStarting = true;

  constructor(options: KeeperOptions) {
    const { graphs = [], waiting = [], texts = {} } = options.left ?? {};
    this.#options = options;
    this.#keep = new Set(options.keep);
    this.#say = sayOnce(options.say);
    this.#start = new StartUp(options);
    this.#putBacks = graphs.map((graph) => new PutBack(graph, this.classes));
    this.#waiting = waiting;
    this.#texts = { ...texts };
  }

  module(file: string, accessors: Accessors, classes: ShownClasses = {}): void {
    const path = this.#toRelative(file);
    this.#try(() => {
      const own = Object.entries(accessors).map(([name, { get }]) => [name, get] as const);
      const isRenewed = this.#show(path, [...Object.entries(classes), ...own]);
      this.#called.delete(path);
      const bindings = toBindings(`${path}#`, accessors);
      this.#sayMissing(path, bindings, classes);
      const isLive = this.#add(bindings, file);
      if (isRenewed && !isLive) this.#renew();
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
      this.#try(() => {
        this.#sayNotKept(bindings);
        this.#add(bindings, file);
      });
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
    return this.#isStarting;
  }

  /**
   * Keeps a binding that the code itself names, and puts back what is left of it. Of an object that is kept
   * already only the classes are taken.
   */
  register(binding: Binding, { classes = [], check }: RegisterOptions = {}): Registered {
    const { key } = binding;
    for (const of of classes) if (!types.isProxy(of)) this.classes.show('', of.name, of);
    for (const one of this.#putBacks) one.adoptClasses();
    const known = this.#bindings.get(key);
    if (known && known.get() === binding.get()) {
      if (classes.length > 0) this.#renew();
      return { isPutBack: false };
    }
    const value = binding.get();
    if (isMemoryDatabase(value)) this.#say(sayRows(key));
    else if (tagOf(value as object, this.classes, true) === undefined)
      this.#say(sayNoData(key, value));
    this.#start.goOn();
    let refused: unknown;
    for (const old of this.#putBacks.filter((one) => one.has(key))) {
      try {
        check?.(old.peek(key));
      } catch (error) {
        refused = error;
        old.setAside(key);
      }
    }
    if (refused !== undefined) {
      this.#bindings.set(key, binding);
      return { isPutBack: false, refused };
    }
    const isPutBack = this.#putBacks.some((one) => one.has(key)) || known !== undefined;
    this.#put([binding]);
    return { isPutBack: isPutBack && !this.#unfit.has(key) };
  }

  /**
   * Puts back once more what differs from what was put back. To be called before the app hears of its first
   * request; later calls do nothing.
   */
  atFirstRequest(): void {
    this.#try(() => this.#endStart(true));
  }

  /**
   * What a snapshot is to be taken of now. Until the first request, what was put back is not among it: code
   * that fills it late may be under way. That ends here when nobody has asked for three seconds: since a
   * server listens, or since modules are loaded in an app that has none.
   *
   * @param isEnd whether it is the last snapshot
   */
  bindings(isEnd = false): Binding[] {
    if (this.#isStarting && (this.#start.isOver() || isEnd)) {
      const { hasServer, isInTouch = () => true } = this.#options;
      // Of an app that ends before it has listened, nobody has heard.
      this.#try(() => this.#endStart(hasServer() || (isEnd && !isInTouch())));
    }
    return [...this.#bindings.values()].filter(
      ({ key }) => !this.#unfit.has(key) && !this.#fresh.has(key),
    );
  }

  /** What the next run finds beside the bindings of this one. */
  carried(): Left {
    const graphs = this.#putBacks.flatMap(
      (one) => (this.#isStarting ? one.all() : one.rest()) ?? [],
    );
    return { graphs, waiting: this.#waiting, texts: this.#texts };
  }

  /**
   * Takes note of what is a class.
   *
   * @param all by the names that `toClasses` in `reach/tail.ts` gives them
   * @returns whether one takes the place of an older evaluation
   */
  #show(path: string, all: (readonly [name: string, get: () => unknown])[]): boolean {
    let isRenewed = false;
    for (const [name, get] of all) {
      try {
        for (const shown of findClasses(path, name, get()))
          if (this.classes.show(...shown)) isRenewed = true;
      } catch {
        this.#notYet.push(() => this.#show(path, [[name, get]])); // two modules import each other
      }
    }
    for (const one of this.#putBacks) one.adoptClasses();
    return isRenewed && !this.#isStarting;
  }

  /** @returns whether some of the bindings were there before: the module was evaluated anew in this process */
  #add(bindings: Binding[], file: string): boolean {
    const kept = bindings.filter(
      (binding) => this.#isKept(binding.key) && this.#holdsData(binding),
    );
    if (kept.length === 0) return false;
    this.#start.goOn();
    const isLive = kept.some(({ key }) => this.#bindings.has(key));
    const hasOld = this.#put(kept);
    this.#compareText(file, hasOld);
    return isLive;
  }

  /** Keeps bindings, and puts back into them what is left. @returns whether something was */
  #put(bindings: Binding[]): boolean {
    const live = bindings.filter(({ key }) => this.#bindings.has(key));
    if (live.length > 0) this.#endStart(true);
    const before = live.length > 0 ? [...this.#bindings.values()] : [];
    const codeMade = toCodeMade(bindings, this.classes);
    let hasOld = false;
    for (const binding of bindings) this.#bindings.set(binding.key, binding);
    for (const old of this.#putBacks) {
      const outcomes = old.putBack(bindings, codeMade);
      this.#tell(outcomes, true);
      hasOld ||= [...outcomes.keys()].some((key) => !this.#unfit.has(key));
    }
    if (live.length > 0) this.#move(live, before, codeMade);
    if (!this.#isStarting) this.#endWaiting();
    return hasOld;
  }

  /** Moves what a reload has replaced into what the code has made now. */
  #move(live: Binding[], before: Binding[], codeMade: CodeMade): void {
    const encoder = encodeNow(before, this.classes);
    const moved = new PutBack(encoder.graph, this.classes, encoder.objects as unknown[]);
    const taken = live.filter(({ key }) => !this.#fresh.has(key) && moved.has(key));
    this.#tell(moved.putBack(taken, codeMade), false);
    moved.relink();
    const lost = new Set(taken.map(({ key }) => key).filter((key) => this.#unfit.has(key)));
    const olds = before.filter(({ key }) => lost.has(key));
    if (olds.length === 0) return;
    const { graph } = pruneEncoded(encodeNow(olds, this.classes));
    this.#putBacks.push(new PutBack(graph, this.classes));
  }

  /** Instances of an older evaluation of their class get the newest one. */
  #renew(): void {
    const encoder = encodeNow([...this.#bindings.values()], this.classes);
    new PutBack(encoder.graph, this.classes, encoder.objects as unknown[]).relink();
  }

  #tell(outcomes: Map<string, Outcome>, isOfLastRun: boolean): void {
    for (const [key, outcome] of outcomes) {
      if (outcome.error !== undefined) debug('%s: %o', key, outcome.error);
      for (const sentence of sayOutcome(key, outcome)) this.#say(sentence);
      if (isRefused(outcome)) this.#unfit.add(key);
      else {
        this.#unfit.delete(key);
        const value = this.#bindings.get(key)?.get();
        if (isOfLastRun) this.#options.onPutBack?.(key, findLeftOut(key, value, this.classes));
        if (this.#isStarting) this.#fresh.add(key);
      }
    }
  }

  /** @param isAsked whether nobody has been told of what late code has made since */
  #endStart(isAsked: boolean): void {
    if (!this.#isStarting) return;
    for (const show of this.#notYet.splice(0)) show();
    this.#isStarting = false;
    if (!isAsked) for (const one of this.#putBacks) one.forgetTasks();
    this.#endWaiting();
    this.#fresh.clear();
  }

  /** Takes out the entries whose class is not there, and puts back those whose class is there again. */
  #endWaiting(): void {
    for (const one of this.#putBacks) {
      const waiting = this.#try(() => one.again());
      if (!waiting) continue;
      this.#waiting.push({ graph: waiting.graph, waitsFor: waiting.waitsFor });
      for (const [key, counts] of waiting.leftOut)
        for (const [name, count] of counts) this.#say(sayWaiting(key, count, name));
    }
    const bindings = [...this.#bindings.values()];
    this.#waiting = this.#waiting.filter(({ graph, waitsFor }) => {
      if (!waitsFor.every((name) => this.classes.find(name))) return true;
      new PutBack(graph, this.classes).add(bindings);
      return false;
    });
  }

  #compareText(file: string, hasOld: boolean): void {
    const path = this.#toRelative(file);
    const text = this.#options.textOf?.(file);
    if (text === undefined) return;
    const hash = createHash('sha1').update(text).digest('base64url');
    if (hasOld && this.#texts[path] !== undefined && this.#texts[path] !== hash)
      this.#say(sayEdited(path));
    this.#texts[path] = hash;
  }

  #isKept(key: string): boolean {
    return this.#keep.has(key) || this.#keep.has(key.slice(0, key.indexOf('#')));
  }

  /** Whether the value of a binding tells that it is data: no function, class, handle or constant. */
  #holdsData({ get, set }: Binding): boolean {
    const value = tryToRead(get);
    if (typeof value === 'object' && value !== null)
      return tagOf(value, this.classes, true) !== undefined;
    return set !== undefined && typeof value !== 'function';
  }

  /** Says of bindings that hold no data why they are not kept, where it may be expected. @returns whether it did */
  #sayNotKept(bindings: Binding[]): boolean {
    let isSaid = false;
    for (const binding of bindings) {
      const { key, get } = binding;
      if (!this.#isKept(key) || this.#holdsData(binding)) continue;
      const value = tryToRead(get);
      const hidden = this.classes.hiddenOf(value);
      const isAsked = this.#keep.has(key) || this.#putBacks.some((one) => one.has(key));
      const isMemory = isMemoryDatabase(value);
      if (value === undefined || !(isMemory || hidden !== undefined || isAsked)) continue;
      isSaid = true;
      if (isMemory) this.#say(sayRows(key));
      else this.#say(hidden === undefined ? sayNoData(key, value) : sayHidden(key, hidden));
    }
    return isSaid;
  }

  /** Says what is named of a module and is not there. */
  #sayMissing(path: string, bindings: Binding[], classes: ShownClasses): void {
    const isSaid = this.#sayNotKept(bindings);
    const data = bindings.filter((binding) => this.#holdsData(binding));
    if (this.#keep.has(path)) {
      const isOfClasses = Object.keys(classes).some((name) => !name.includes('#'));
      if (data.length === 0 && !isOfClasses && !isSaid) this.#say(sayNothing(path));
      return;
    }
    const names = data.map(({ key }) => ({ name: key.slice(path.length + 1) }));
    for (const key of this.#keep) {
      const name = key.startsWith(`${path}#`) ? key.slice(path.length + 1) : '/';
      if (name.includes('/') || bindings.some((binding) => binding.key === key)) continue;
      this.#say(`${toPrintable(path)} has no binding "${name}" at its top. ${toThereIs(names)}`);
    }
  }

  /** Whatever goes wrong here, the module and the request of the app go on. */
  #try<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      debug('%o', error);
      return undefined;
    }
  }

  #toRelative(file: string): string {
    return relative(this.#options.root, file).split(sep).join('/');
  }
}

/** Returns undefined for a variable that is not initialised. */
function tryToRead(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return undefined;
  }
}

/** @param prefix what stands before their names in their keys */
function toBindings(prefix: string, accessors: Accessors): Binding[] {
  return Object.entries(accessors).map(([name, { get, set }]) => ({
    key: `${prefix}${name}`,
    get,
    set,
  }));
}
