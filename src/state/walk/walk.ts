import { AppScripts } from './app-scripts.ts';
import { Bindings } from './bindings.ts';
import { Data, type Measure, type Part } from './data.ts';
import { Inspector } from './inspector.ts';
import { textOf } from './objects.ts';

/** What has changed in a binding between two looks. */
export interface Change {
  /** `` for the binding itself, `users` or `#users` for a field. */
  path: string;
  type: string;
  /** How many entries it had and has, if it is a collection. */
  before?: number | undefined;
  after?: number | undefined;
}

/** A binding of the app that was filled between two looks. Names and counts, and nothing of its values. */
export interface Filled {
  /** `server/storage.ts#storage`, as `keep` takes it. */
  key: string;
  /** Of the value: `Map`, `MemStorage`, `number`. */
  type: string;
  changes: Change[];
  /** Why `keep` cannot name it, if it cannot. */
  trouble?: 'hidden' | 'called twice';
}

/** What a look at the memory of an app has found. */
export interface Look {
  /** Nothing can have been filled yet. */
  isFirst: boolean;
  filled: Filled[];
  /** How many bindings were looked at. */
  count: number;
  /** Files that could not be read, from the root of the project. */
  unread: string[];
  /** How long the process stood still, in milliseconds. */
  took: number;
}

interface Known {
  measure: Measure;
  hasName: boolean;
  /** How often the function has been called that it is in. */
  calls: number;
  value: WeakRef<object> | undefined;
}

/**
 * Looks at the memory of this process, at its variables and what they hold, and compares with the first
 * time. The process stands still meanwhile: up to about two seconds.
 *
 * @param root of the project, absolute
 */
export class Walk {
  readonly #root: string;
  #first: Map<string, Known> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  look(): Look {
    const from = performance.now();
    return Inspector.use((inspector) => {
      const scripts = new AppScripts(inspector, this.#root);
      const data = new Data(inspector, (one) => scripts.has(textOf(one)));
      const now = new Map<string, Known>();
      for (const [key, { hasName, values }] of new Bindings(inspector, scripts).found) {
        const last = [...values].at(-1);
        const measure = data.measure(last);
        const value = typeof last === 'object' && last !== null ? new WeakRef(last) : undefined;
        if (measure) now.set(key, { measure, hasName, calls: values.size, value });
      }
      const first = this.#first;
      this.#first = new Map([...now, ...(first ?? [])]);
      const { unread } = scripts;
      const filled = first ? compareLooks(first, now) : [];
      const took = performance.now() - from;
      return { isFirst: !first, filled, count: now.size, unread, took };
    });
  }
}

/** Names what has changed of what was there the first time. */
export function compareLooks(
  first: ReadonlyMap<string, Known>,
  now: ReadonlyMap<string, Known>,
): Filled[] {
  return [...now].flatMap(([key, { measure, hasName, calls, value }]) => {
    const before = first.get(key);
    const changes = compareParts(before?.measure.parts, measure.parts);
    // What is nowhere named may be of one request only: another object each time.
    const isPassing = !hasName && (!value || before?.value?.deref() !== value.deref());
    if (changes.length === 0 || isPassing) return [];
    const trouble = hasName ? calls > 1 && 'called twice' : 'hidden';
    return [{ key, type: measure.type, changes, ...(trouble && { trouble }) }];
  });
}

function compareParts(first: Part[] | undefined, now: Part[]): Change[] {
  if (!first) return []; // it came later: all of it would look filled
  return now.flatMap(({ path, type, entries, hash }) => {
    const before = first.find((one) => one.path === path);
    const isSame = before?.hash === hash && before.type === type;
    return isSame ? [] : [{ path, type, before: before?.entries, after: entries }];
  });
}
