import { createHash } from 'node:crypto';
import type { ShownClasses } from '../rehydrate/classes/classes.ts';
import { entriesOf, membersOf } from '../rehydrate/collections.ts';
import { dataOf, isFilled, kindOf } from '../rehydrate/kinds.ts';

/** What the code has made of a binding, before anything was put back into it. JSON. */
export interface InitialFacts {
  /** Of the text of its module. */
  text?: string | undefined;
  /** What each field was, by its way from the binding (`theme`, `db.port`, empty for the binding itself). */
  leaves: Record<string, string>;
  /** Of those, which were the same in two starts of the same text. */
  stable: string[];
  /** Of those, which differed in two starts of the same text: ids, times, the environment. */
  varying: string[];
}

/** A value that the code makes otherwise now, and that nobody has changed since the last run had made it. */
export interface InitialChange {
  path: string[];
  old: unknown;
  now: unknown;
}

const MOST_LEAVES = 200;
const MOST_VALUES = 500;
const DEEPEST = 8;
/** A field that is there, and whose value cannot be compared. */
const THERE = '';
const NOTHING = 'nothing';

/** Reads what the code has made, and compares it with what it made in the last run. */
export function readInitial(
  value: unknown,
  classes: ShownClasses,
  text: string | undefined,
  last: InitialFacts | undefined,
): InitialFacts {
  const leaves: Record<string, string> = {};
  for (const { path, digest } of leavesOf(value, classes)) leaves[path.join('.')] = digest;
  const isSameText = text !== undefined && text === last?.text;
  const known = Object.keys(leaves).filter((path) => last && Object.hasOwn(last.leaves, path));
  const isSame = (path: string): boolean => last?.leaves[path] === leaves[path];
  const varying = known.filter(
    (path) => last?.varying.includes(path) || (isSameText && !isSame(path)),
  );
  const stable = known.filter(
    (path) =>
      !varying.includes(path) && (last?.stable.includes(path) || (isSameText && isSame(path))),
  );
  return { text, leaves, stable, varying };
}

/** Whether a field was null or undefined when the last run had made it. */
export function wasNothing(last: InitialFacts | undefined, path: string[]): boolean {
  return last?.leaves[path.join('.')] === NOTHING;
}

/** Whether the last run had made the field, and not set it later. */
export function wasMade(last: InitialFacts | undefined, path: string[]): boolean {
  return last !== undefined && Object.hasOwn(last.leaves, path.join('.'));
}

/**
 * Finds what was never touched and is made otherwise by the code of now. What looks random or like a time is
 * not among it, nor what was known to vary.
 *
 * @param old the value of the last run
 * @param value what the code has made
 */
export function findChanges(
  old: unknown,
  value: unknown,
  { classes, last, facts }: { classes: ShownClasses; last: InitialFacts; facts: InitialFacts },
): InitialChange[] {
  const before = new Map(leavesOf(old, classes).map((leaf) => [leaf.path.join('.'), leaf]));
  return leavesOf(value, classes).flatMap(({ path, digest, value: now }) => {
    const name = path.join('.');
    const then = last.leaves[name];
    const leaf = before.get(name);
    const isUntouched = leaf !== undefined && leaf.digest === then;
    if (!isUntouched || digest === then || [then, digest].some(isNone)) return [];
    if (last.varying.includes(name) || !isNews(now, leaf.value, name, { last, facts })) return [];
    return [{ path, old: leaf.value, now }];
  });
}

function isNone(digest: string | undefined): boolean {
  return digest === THERE || digest === NOTHING || digest === undefined;
}

/** A collection is only news when it is known not to vary by itself, so that seeds with random ids are none. */
function isNews(
  now: unknown,
  old: unknown,
  name: string,
  { last, facts }: { last: InitialFacts; facts: InitialFacts },
): boolean {
  if (facts.text !== undefined && facts.text === last.text && typeof now === 'object') return false;
  if (last.stable.includes(name)) return true;
  return typeof now !== 'object' && !(looksRandom(now) && looksRandom(old));
}

function looksRandom(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Math.abs(value) > 1e9;
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'string') return false;
  return /^\d{4}-\d\d-\d\d|^[\w-]*\d[\w-]*$/.test(value) && value.length >= 10;
}

interface Leaf {
  path: string[];
  digest: string;
  value: unknown;
}

/** What is reached through fields only. */
function leavesOf(value: unknown, classes: ShownClasses): Leaf[] {
  const leaves: Leaf[] = [];
  const seen = new Set<unknown>();
  const rest: { path: string[]; value: unknown }[] = [{ path: [], value }];
  for (
    let one = rest.shift();
    one !== undefined && leaves.length < MOST_LEAVES;
    one = rest.shift()
  ) {
    const kind = kindOf(one.value, classes);
    if (kind !== 'fields') {
      leaves.push({ ...one, digest: digestOf(one.value, classes) });
      continue;
    }
    if (one.path.length > 0) leaves.push({ ...one, digest: THERE });
    if (seen.has(one.value) || one.path.length > DEEPEST) continue;
    seen.add(one.value);
    for (const name of Object.keys(one.value as object).slice(0, MOST_LEAVES)) {
      rest.push({ path: [...one.path, name], value: dataOf(one.value as object, name) });
    }
  }
  return leaves;
}

function digestOf(value: unknown, classes: ShownClasses): string {
  if (value === null || value === undefined) return NOTHING;
  const budget = { left: MOST_VALUES };
  const text = toText(value, classes, { budget, depth: 0 });
  if (text === undefined) return THERE;
  return text.length <= 32
    ? text
    : createHash('sha256').update(text).digest('base64url').slice(0, 24);
}

/** A text of plain data that is the same for the same data; `undefined` for much of it, and all else. */
function toText(
  value: unknown,
  classes: ShownClasses,
  { budget, depth }: { budget: { left: number }; depth: number },
): string | undefined {
  const kind = kindOf(value, classes);
  if (--budget.left < 0 || depth > DEEPEST || kind === 'handle') return undefined;
  if (kind === 'nothing') return String(value);
  if (kind === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return `${typeof value === 'bigint' ? 'n' : ''}${String(value)}`;
  if (!isFilled(kind)) return undefined;
  const members = membersIn(value as object).map((one) =>
    toText(one, classes, { budget, depth: depth + 1 }),
  );
  return members.includes(undefined) ? undefined : `${kind}(${members.join()})`;
}

/** @returns no more than are needed to see that there are too many */
function membersIn(object: object): unknown[] {
  if (object instanceof Map) return takeSome(entriesOf(object)).flat();
  if (object instanceof Set) return takeSome(membersOf(object));
  if (Array.isArray(object)) return object.slice(0, MOST_VALUES + 1);
  const names = Object.keys(object).slice(0, MOST_VALUES + 1);
  return names.flatMap((name) => [name, dataOf(object, name)]);
}

function takeSome<T>(from: Iterable<T>): T[] {
  const some: T[] = [];
  for (const one of from) {
    some.push(one);
    if (some.length > MOST_VALUES) break;
  }
  return some;
}
