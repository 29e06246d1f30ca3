import type { Binding } from '../binding.ts';
import type { AppClasses } from './classes.ts';
import { Decoder, put, type CodeMade } from './decode.ts';
import { tagOf } from './kinds.ts';
import {
  fieldsOf,
  findReached,
  pickRoots,
  refOf,
  type Graph,
  type GraphNode,
  type Stored,
} from './nodes.ts';
import { type WaitingEntries } from './text.ts';
import type { Counts } from './encode.ts';
import { prune, type Pruned } from './prune.ts';

/** A value that was not put back, since the code has another kind of value in its place. */
export interface Unfit {
  /** The fields that lead to it from the binding; empty for the binding's own value. */
  path: string[];
  was: string;
  now: unknown;
  /** Private fields that have no place any more, if they are the reason. */
  privates?: string[];
}

/** What came of putting a binding back. */
export interface Outcome {
  unfit: Unfit[];
  /** Fields that cannot be set: read-only, frozen, or with a getter. */
  left: string[][];
  /** What went wrong unforeseen: nothing was put back. */
  error?: unknown;
}

/** Whether the old value of a binding waits, and the code's is not kept. */
export function isRefused({ unfit, error }: Outcome): boolean {
  return error !== undefined || unfit.some(({ path }) => path.length === 0);
}

type Task = () => void;
type Setter = (value: unknown) => void;

/** One binding while it is put back. */
interface Placing {
  outcome: Outcome;
  codeMade: CodeMade;
  tasks: Task[];
}

/**
 * Puts what a former run has left, or what this process held before a reload, into the objects that the code
 * has made: those stay, and get the old content.
 */
export class PutBack {
  readonly #graph: Graph;
  readonly #classes: AppClasses;
  readonly #decoder: Decoder;
  readonly #live: readonly unknown[] | undefined;
  /** What has met a reference to an object of the code that was not there. */
  #unsettled: Task[] = [];
  /** All that was done, to be done once more before the first request. */
  #tasks: Task[] = [];
  /** Objects of the code that were filled: one has the content of one node. */
  readonly #filled = new Set<object>();
  readonly #taken = new Set<string>();
  #isAdding = false;

  /** @param live what the nodes were read from, where that was in this process */
  constructor(graph: Graph, classes: AppClasses, live?: unknown[]) {
    this.#graph = graph;
    this.#classes = classes;
    this.#live = live;
    this.#decoder = new Decoder(graph.nodes, Object.values(graph.roots), classes, live);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#graph.roots, key) && !this.#taken.has(key);
  }

  /** Returns the old value of a binding, for a check: made of a copy, and never seen by the app. */
  peek(key: string): unknown {
    const { nodes, roots } = this.#graph;
    const decoder = new Decoder(nodes, [], this.#classes);
    const value = decoder.value(roots[key] as Stored);
    decoder.settle();
    return value;
  }

  /** Puts back what is left of bindings. One whose own value does not fit stays as it is, in the code and here. */
  putBack(bindings: Binding[], codeMade: CodeMade): Map<string, Outcome> {
    const outcomes = new Map<string, Outcome>();
    const tasks: Task[] = [];
    for (const { key, get, set } of bindings) {
      if (!this.has(key)) continue;
      const outcome: Outcome = { unfit: [], left: [] };
      outcomes.set(key, outcome);
      const placing = { outcome, codeMade, tasks };
      try {
        this.#place(get(), this.#graph.roots[key] as Stored, set, [], placing);
      } catch (error) {
        outcome.error = error;
      }
      if (!isRefused(outcome)) this.#taken.add(key);
    }
    this.#run(tasks);
    if (!this.#live) this.#tasks.push(...tasks);
    return outcomes;
  }

  /** Keeps the old value of a binding under another key, so that nothing is put back of it. */
  setAside(key: string): void {
    const { roots } = this.#graph;
    roots[`${key}.set aside`] = roots[key] as Stored;
    delete roots[key];
  }

  /** Gives instances their classes that were shown by now. */
  adoptClasses(): void {
    this.#decoder.adoptClasses();
  }

  /** Lets late changes of the code stand: nothing is put back once more. */
  forgetTasks(): void {
    this.#tasks = [];
  }

  /**
   * Puts back once more what late code has changed, and takes out the entries whose class was not shown.
   *
   * @returns these entries, alone; undefined where there are none
   */
  again(): (WaitingEntries & { leftOut: Counts }) | undefined {
    const decoder = this.#decoder;
    decoder.isOver = true;
    const pruned = this.#prune();
    const tasks = this.#tasks;
    this.#tasks = [];
    this.#run(tasks);
    if (tasks.length > 0 || pruned) decoder.refill();
    if (!pruned?.entries) return undefined;
    const waitsFor = [...decoder.waiting.keys()];
    decoder.waiting.clear();
    return { graph: pruned.entries, waitsFor, leftOut: pruned.leftOut };
  }

  /** Adds entries that have waited for their class to the collections that are there. */
  add(bindings: Binding[]): void {
    this.#isAdding = this.#decoder.isAdding = true;
    this.putBack(bindings, new Map());
    this.#decoder.isOver = true;
    this.#run([]);
  }

  /** Returns the whole graph, as the last run has left it. */
  all(): Graph {
    return this.#graph;
  }

  /** Returns the part of the graph that was not put back; undefined where all of it was. */
  rest(): Graph | undefined {
    const keys = Object.keys(this.#graph.roots).filter((key) => this.has(key));
    return keys.length === 0 ? undefined : pickRoots(this.#graph, keys);
  }

  /** After a reload: gives the objects that live on the newest classes, and references to the newest objects. */
  relink(): void {
    const { made } = this.#decoder;
    const live = this.#live as unknown[];
    const newest = (stored: Stored | undefined): unknown => {
      const number = refOf(stored);
      const isReplaced = number >= 0 && number in made && made[number] !== live[number];
      return isReplaced ? made[number] : undefined;
    };
    this.#graph.nodes.forEach((node, number) => {
      const object = live[number] as Record<string, unknown>;
      // The content of a replaced object is in another one.
      if (!node || !'ONAMSE'.includes(node[0]) || (number in made && made[number] !== object))
        return;
      const [tag, content] = node;
      const prototype = Object.getPrototypeOf(object) as object | null;
      const successor = prototype ? this.#classes.successorOf(prototype) : undefined;
      if (successor) Object.setPrototypeOf(object, successor);
      const fields = fieldsOf(node);
      for (const name in fields) {
        const now = newest(fields[name]);
        if (now !== undefined) object[name] = now;
      }
      const isOutdated =
        (tag === 'A' || tag === 'S' || tag === 'M') &&
        (content as Stored[]).flat().length > 0 &&
        (content as (Stored | [Stored, Stored])[]).some((member) =>
          tag === 'M'
            ? (member as [Stored, Stored]).some((one) => newest(one) !== undefined)
            : newest(member as Stored) !== undefined,
        );
      if (isOutdated) this.#decoder.fillMembers(object, number);
    });
  }

  /** Does tasks, and those again that can be done now. */
  #run(tasks: Task[]): void {
    const all = [...tasks, ...this.#unsettled];
    this.#unsettled = [];
    for (const task of all) {
      this.#decoder.hasMissed = false;
      task();
      if (this.#decoder.hasMissed) this.#unsettled.push(task);
    }
    this.#decoder.settle();
  }

  /** Takes entries out of the nodes whose class was not shown. */
  #prune(): Pruned | undefined {
    const { open, waiting, nodes } = this.#decoder;
    if (waiting.size === 0) return undefined;
    const bad = new Map(
      [...waiting].flatMap(([name, numbers]) => numbers.map((one) => [one, name] as const)),
    );
    const taken = pickRoots(this.#graph, [...this.#taken]);
    const reached = Object.entries(taken.roots).map(
      ([key, root]) => [key, findReached(nodes, [root])] as const,
    );
    const keyOf = (number: number): string =>
      reached.find(([, numbers]) => numbers.has(number))?.[0] ?? '';
    const pruned = prune(taken, { open, bad, keyOf, wantsEntries: true });
    // The nodes change in their place: what was done with them is done again.
    for (const [number, node] of pruned.graph.nodes.entries())
      if (taken.nodes[number] !== 0) nodes[number] = node;
    return pruned;
  }

  #place(
    now: unknown,
    stored: Stored,
    set: Setter | undefined,
    path: string[],
    placing: Placing,
  ): void {
    const number = refOf(stored);
    const node = number < 0 ? undefined : this.#decoder.nodes[number];
    if (number >= 0 && (node === 0 || node === undefined || node[0] === 'H')) return; // the code's stays
    const isObject = typeof now === 'object' && now !== null;
    if (typeof now === 'function') return this.#decoder.release(number, path.length === 0);
    if (isObject && node) return this.#placeObject(now, number, node, set, path, placing);
    if (node) this.#decoder.release(number, path.length === 0);
    if (!this.#fits(now, stored)) return this.#refuse(now, stored, path, placing);
    const isNothing = stored === null || (number < 0 && (stored as [number])[0] === -1);
    if (isObject && isNothing) return; // nothing is never put over something
    if (node !== undefined && node !== 0 && node[5] && !this.#live) return; // half an object is none
    if (this.#isAdding && now !== null && now !== undefined) return;
    // What was taken out meanwhile leaves what the code has made.
    const isOut = (): boolean => number >= 0 && this.#decoder.nodes[number] === 0;
    if (set) this.#do(placing, path, set, () => (isOut() ? now : this.#decoder.value(stored)));
  }

  #placeObject(
    now: object,
    number: number,
    node: GraphNode,
    set: Setter | undefined,
    path: string[],
    placing: Placing,
  ): void {
    const decoder = this.#decoder;
    const tag = tagOf(now, this.#classes, true);
    if (tag === undefined) return decoder.release(number, path.length === 0); // a handle stays
    if (tag !== node[0] && !(tag === 'O' && node[0] === 'N')) {
      decoder.release(number, path.length === 0);
      return this.#refuse(now, [number], path, placing);
    }
    if (!'ONMSA'.includes(tag)) {
      if (set) this.#do(placing, path, set, () => decoder.value([number]));
      else this.#fillWhole(now, node, placing);
      return;
    }
    if (decoder.has(number)) {
      if (set) this.#do(placing, path, set, () => decoder.value([number]));
      return;
    }
    if (this.#filled.has(now)) {
      // The code has one object where the last run had two.
      decoder.release(number, path.length === 0);
      if (set) this.#do(placing, path, set, () => decoder.value([number]));
      return;
    }
    const missing = this.#missingPrivates(now, node);
    if (missing.length > 0) {
      placing.outcome.unfit.push({ path, was: '', now, privates: missing });
      return;
    }
    this.#filled.add(now);
    decoder.take(number, now);
    if (set) this.#do(placing, path, set, () => now);
    placing.tasks.push(() => {
      try {
        decoder.fillMembers(now, number, placing.codeMade.get(now));
      } catch {
        note(placing.outcome.left, path);
      }
    });
    this.#placeFields(now, node, path, placing);
  }

  #placeFields(now: object, node: GraphNode, path: string[], placing: Placing): void {
    const fields = fieldsOf(node) ?? {};
    for (const name of Object.keys(fields)) {
      const field = Object.getOwnPropertyDescriptor(now, name);
      const inner = [...path, name];
      if (field ? !('value' in field) : isOfClass(now, name)) {
        note(placing.outcome.left, inner);
        continue;
      }
      const set = (value: unknown): void => {
        if (!Object.hasOwn(now, name)) put(now, name, value);
        else if (!Object.is((now as Record<string, unknown>)[name], value))
          (now as Record<string, unknown>)[name] = value;
      };
      this.#place(field?.value, fields[name] as Stored, set, inner, placing);
    }
    if (!node[4]) return;
    for (const { names, read, write } of this.#classes.privatesOf(now)) {
      for (const [index, value] of read(now).entries()) {
        const name = names[index] as string;
        const stored = node[4][name];
        if (stored === undefined) continue;
        this.#place(value, stored, (next) => write(now, index, next), [...path, name], placing);
      }
    }
  }

  /** Sets a value now, and again before the first request, where it is another one by then. */
  #do(placing: Placing, path: string[], set: Setter, toValue: () => unknown): void {
    placing.tasks.push(() => {
      try {
        set(toValue());
      } catch {
        note(placing.outcome.left, path);
      }
    });
  }

  /** What is taken as a whole goes into the object of a `const` where that can be filled. */
  #fillWhole(now: object, node: GraphNode, placing: Placing): void {
    const [tag, content] = node;
    if (tag === 'D')
      placing.tasks.push(
        () => void (now as Date).setTime((content as number | null) ?? Number.NaN),
      );
    if (tag !== 'B') return;
    placing.tasks.push(() => {
      const bytes = Buffer.from((content as [string, string])[1], 'base64');
      const { buffer = now, byteOffset = 0, byteLength } = now as Buffer;
      if (bytes.length === byteLength)
        bytes.copy(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
    });
  }

  #refuse(now: unknown, stored: Stored, path: string[], { outcome }: Placing): void {
    outcome.unfit.push({ path, was: this.#describe(stored), now });
  }

  /** Private fields of the last run that the class has not, or has with another kind of value. */
  #missingPrivates(now: object, node: GraphNode): string[] {
    if (!node[4]) return [];
    const values = new Map<string, unknown>();
    for (const { names, read } of this.#classes.privatesOf(now))
      for (const [index, value] of read(now).entries()) values.set(names[index] as string, value);
    return Object.entries(node[4])
      .filter(([name, stored]) => !values.has(name) || !this.#fits(values.get(name), stored))
      .map(([name]) => name);
  }

  /** Whether a stored value may take the place of one that the code has made. */
  #fits(now: unknown, stored: Stored): boolean {
    if (now === null || now === undefined || stored === null) return true;
    const number = refOf(stored);
    const node = number < 0 ? undefined : this.#decoder.nodes[number];
    if (node === 0 || node?.[0] === 'H') return true;
    if (typeof now === 'function') return true;
    if (typeof now === 'object') {
      const tag = tagOf(now, this.#classes, true);
      if (tag === undefined) return true;
      if (!node) return typeof stored === 'object' && stored[0] === -1;
      return tag === node[0] || (tag === 'O' && node[0] === 'N');
    }
    if (node)
      return (
        (node[0] === 'b' && typeof now === 'bigint') || (node[0] === 'y' && typeof now === 'symbol')
      );
    if (typeof stored !== 'object') return typeof stored === typeof now;
    return stored[0] === -1 || typeof now === 'number';
  }

  /** How a sentence names a stored value: `a Map`, `an array`, `a Cart`, `a string`. */
  #describe(stored: Stored): string {
    const node = this.#decoder.nodes[refOf(stored)];
    if (!node)
      return typeof stored === 'object'
        ? stored === null
          ? 'null'
          : 'a number'
        : withArticle(typeof stored);
    const [tag, content, className] = node;
    if (className) return withArticle(className.slice(className.lastIndexOf('#') + 1));
    return withArticle(
      tag === 'E' || tag === 'B'
        ? String((content as string[] | string)?.[0])
        : (NAMES[tag] ?? 'object'),
    );
  }
}

const NAMES: Record<string, string> = {
  A: 'array',
  M: 'Map',
  S: 'Set',
  D: 'Date',
  R: 'RegExp',
  U: 'URL',
  Q: 'URLSearchParams',
  b: 'bigint',
  y: 'symbol',
};

/** `a Map`, `an array`. */
export function withArticle(name: string): string {
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** Notes a path once. */
function note(paths: string[][], path: string[]): void {
  if (!paths.some((one) => one.join('\n') === path.join('\n'))) paths.push(path);
}

/** Whether the class of an object has a getter or a method of this name. */
function isOfClass(object: object, name: string): boolean {
  let prototype = Object.getPrototypeOf(object) as object | null;
  while (prototype !== null && prototype !== Object.prototype) {
    const field = Object.getOwnPropertyDescriptor(prototype, name);
    if (field) return !('value' in field) || typeof field.value === 'function';
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return false;
}
