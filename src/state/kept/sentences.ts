import { MASK, maskSecrets } from '../../session/display/mask.ts';
import { toPrintable } from '../../session/display/printable.ts';
import type { ShownClasses } from '../rehydrate/classes/classes.ts';
import type { Outcome, Unfit } from '../rehydrate/context.ts';
import { wasMade, type InitialChange, type InitialFacts } from './initial.ts';
import { describeKind, kindOf } from '../rehydrate/kinds.ts';

/** Longer values are not printed. */
const LONGEST = 40;
const MOST_NAMES = 5;

function toForget(key: string): string {
  return `Forget it with: holdover clear --state ${toPrintable(key)}`;
}

/** `db.ts#config.theme` */
export function toPlace(key: string, path: string[]): string {
  return toPrintable([key, ...path].join('.'));
}

/** What is to be said of putting a binding back. */
export function sayOutcome(
  key: string,
  { unfit, left, extra }: Outcome,
  { classes, last }: { classes: ShownClasses; last: InitialFacts | undefined },
): string[] {
  const isUnfit = unfit.some(({ path }) => path.length === 0);
  const said = unfit.map((one) => sayUnfit(key, one, classes));
  if (isUnfit) return said;
  if (left.length > 0) said.push(sayLeft(key, left));
  const lost = extra.filter((path) => wasMade(last, path));
  return [...said, ...lost.map((path) => sayExtra(key, path))];
}

function sayUnfit(key: string, unfit: Unfit, classes: ShownClasses): string {
  const { path, old, now, privates } = unfit;
  const place = toPlace(key, path);
  if (privates) {
    return `${place}: not put back, because ${list(privates)} of the last run ${privates.length === 1 ? 'has' : 'have'} no place in its class any more, and the rest may depend on it. It is kept until the code has it again. ${toForget(key)}`;
  }
  const was = describeKind(old, classes);
  const is = describeKind(now, classes);
  return `${place}: ${was} in the last run, and ${is} in the code now: not put back. It is kept until the code fits again. ${toForget(key)}`;
}

function sayLeft(key: string, left: string[][]): string {
  const places = list(left.map((path) => path.join('.') || 'it'));
  return `${toPrintable(key)}: ${places} cannot be set (read-only, frozen, or with a getter): left as the code makes it.`;
}

function sayExtra(key: string, path: string[]): string {
  return `${toPlace(key, path)}: a field the class no longer has. It is put back as it was. ${toForget(key)}`;
}

export function sayNoData(key: string, value: unknown, classes: ShownClasses): string {
  const is = kindOf(value, classes) === 'handle' ? describeKind(value, classes) : 'a constant';
  return `${toPrintable(key)} is ${is}, which cannot be kept. Name what holds data in \`keep\`.`;
}

export function sayHidden(key: string, className: string): string {
  return `${toPrintable(key)} is not kept: the private fields of its class ${className} cannot be reached from here. Name the file of the class in \`keep\`, too.`;
}

export function sayCalledTwice(key: string, functionName: string): string {
  return `${toPrintable(key)}: ${toPrintable(functionName)} was called more than once. Only what its first call has made is kept.`;
}

export function sayWaiting(key: string, count: number, className: string): string {
  const entries = count === 1 ? '1 entry' : `${count} entries`;
  return `${toPrintable(key)}: ${entries} left out, because the class ${toPrintable(className)} is not there. They are kept until it is. ${toForget(key)}`;
}

export function sayFailed(key: string): string {
  return `${toPrintable(key)} could not be put back, and is not kept in this run; what the last run has left of it stays. DEBUG=holdover:state says why. ${toForget(key)}`;
}

export function sayChange(key: string, { path, old, now }: InitialChange): string {
  const place = toPlace(key, path);
  const isShown = [old, now].every((value) => canShow(key, path, value));
  return isShown
    ? `${place}: ${show(old)} from the last run, the code now says ${show(now)}. ${toForget(key)}`
    : `${place}: from the last run, the code now says something else. ${toForget(key)}`;
}

/** Short primitives only, and none under a name that says that it is nobody's business. */
function canShow(key: string, path: string[], value: unknown): boolean {
  if (value === undefined || (typeof value === 'object' && value !== null)) return false;
  if (String(value).length > LONGEST) return false;
  const names = [key.slice(key.lastIndexOf('#') + 1), ...path];
  return names.every((name) => {
    const masked = maskSecrets({ [name]: 'value' }, '') as Record<string, unknown>;
    return masked[name] !== MASK;
  });
}

function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'string' ? `'${toPrintable(value)}'` : String(value);
}

function list(names: string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(toPrintable).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

const DATABASES = new Set(['Database', 'DatabaseSync']);

/** Whether a value is a database in memory, of better-sqlite3 or node:sqlite. */
export function isMemoryDatabase(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!DATABASES.has(value.constructor?.name)) return false;
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
