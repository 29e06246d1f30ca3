import { toPrintable } from '../session/display/printable.ts';
import { describeClass } from './graph/kinds.ts';
import { isRefused, withArticle, type Outcome, type Unfit } from './graph/put-back.ts';

const MOST_NAMES = 5;

/** Returns what is to be said of putting a binding back. */
export function sayOutcome(key: string, outcome: Outcome): string[] {
  const { unfit, left, error } = outcome;
  if (error !== undefined) return [sayFailed(key)];
  const said = unfit.map((one) => sayUnfit(key, one));
  if (isRefused(outcome) || left.length === 0) return said;
  const places = list(left.map((path) => path.join('.') || 'it'));
  const sentence = `${toPrintable(key)}: ${places} cannot be set (read-only, frozen, or with a getter): left as the code makes it.`;
  return [...said, sentence];
}

function sayUnfit(key: string, { path, was, now, privates }: Unfit): string {
  const place = toPrintable([key, ...path].join('.'));
  const then =
    path.length === 0 ? `It is kept until the code fits again. ${toForget(key)}` : toForget(key);
  if (privates)
    return `${place}: not put back, because ${list(privates)} of the last run ${privates.length === 1 ? 'has' : 'have'} no place in its class any more. ${then}`;
  return `${place}: ${was} in the last run, and ${describe(now)} in the code now: not put back. ${then}`;
}

export function sayNoData(key: string, value: unknown): string {
  const isHandle = typeof value === 'function' || (typeof value === 'object' && value !== null);
  const is = isHandle ? describe(value) : 'a constant';
  const then =
    typeof value === 'function'
      ? `Write ${toPrintable(key)}/<name> to keep what it declares.`
      : 'Name what holds data in `keep`.';
  return `${toPrintable(key)} is ${is}, which cannot be kept. ${then}`;
}

export function sayNothing(path: string): string {
  return `${toPrintable(path)} has nothing at its top that could be kept.`;
}

export function sayHidden(key: string, className: string): string {
  return `${toPrintable(key)} is not kept: the private fields of its class ${className} cannot be reached from here. Name the file of the class in \`keep\`, too.`;
}

export function sayCalledTwice(key: string, functionName: string): string {
  return `${toPrintable(key)}: ${toPrintable(functionName)} was called more than once. Only what its first call has made is kept.`;
}

export function sayWaiting(key: string, count: number, className: string): string {
  const entries = count === 1 ? '1 entry' : `${count} entries`;
  return `${toPrintable(key)}: ${entries} left out, because no kept file declares or imports the class ${toPrintable(className)}. They are kept until one does. ${toForget(key)}`;
}

function sayFailed(key: string): string {
  return `${toPrintable(key)} could not be put back, and is not kept in this run; what the last run has left of it stays. DEBUG=holdover:state says why. ${toForget(key)}`;
}

export function sayEdited(path: string): string {
  return `${toPrintable(path)} was edited: what it held goes on. Begin with the code: f + Enter under holdover watch, or holdover clear --state.`;
}

export function sayLeftOut(key: string, className: string, count: number): string {
  return `${toPrintable(key)}: ${count} ${count === 1 ? 'entry' : 'entries'} left out (${className}).`;
}

/** Of fields that are passed over only getters are worth a sentence: a store of mobx has nothing else. */
export function sayPassedOver(key: string, name: string, count: number): string | undefined {
  if (name !== 'getter') return undefined;
  return `${toPrintable(key)}: ${count} ${count === 1 ? 'field is a getter and is' : 'fields are getters and are'} not kept.`;
}

export function sayTooLarge(key: string, characters: number, limit: number): string {
  const toMegabytes = (count: number): string => `${Math.round(count / 1e6)} MB`;
  return `${toPrintable(key)}: ${Number.isFinite(characters) ? toMegabytes(characters) : 'more than a text can hold'} left out, as no more than ${toMegabytes(limit)} can be kept of an app. Keep it in a file or a database.`;
}

const DATABASES = new Set(['Database', 'DatabaseSync']);

/** Whether a value is a database in memory, of better-sqlite3 or node:sqlite. */
export function isMemoryDatabase(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !DATABASES.has(describeClass(value)))
    return false;
  const { memory, location } = value as { memory?: unknown; location?: () => unknown };
  try {
    return memory === true || location?.call(value) === null;
  } catch {
    return false; // it is closed
  }
}

export function sayRows(key: string): string {
  return `${toPrintable(key)} is a database in memory: its rows are not kept. Open a file, as "dev.db", and they stay.`;
}

function toForget(key: string): string {
  return `Forget it with: holdover clear --state ${toPrintable(key)}`;
}

/** `a Map`, `an array`, `null`. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const name = describeClass(value);
  return withArticle(name === 'Array' || name === 'Object' ? name.toLowerCase() : name);
}

function list(names: string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(toPrintable).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
