import { inspect } from 'node:util';
import pc from 'picocolors';
import { resolveProject } from '../care/project.ts';
import { listResolved } from '../care/sessions.ts';
import { findProjectRoot, readPackage } from '../options/project.ts';
import { logToTerminal } from '../options/terminal.ts';
import { isObject } from '../options/values.ts';
import { maskSecrets } from '../session/display/mask.ts';
import {
  toPrintable,
  toPrintableInspection,
  toPrintableJson,
} from '../session/display/printable.ts';
import { findCandidates } from '../state/candidates.ts';
import { readKept, toEntries, type KeptValue } from '../state/read-kept.ts';
import { clearState, keysOf, listState } from '../state/snapshots/stored.ts';
import { ask, canAsk } from './ask.ts';
import { toCareOptions, toRoot, type CareFlags, type ProjectFlag } from './care-flags.ts';
import { parsePackage, readPackageText, writePackage } from './package-file.ts';
import { print, toAge, toCount, toDate, toLine, toSize } from './printing.ts';

const KEPT_WIDTHS = [40, 14, 24, 9, 9];
const TITLES = ['key', 'type', 'holds', 'size', 'written', 'app'];

/** Lists what is kept of the memory of the apps of a project, and nothing of the values themselves. */
export function listKept(flags: CareFlags): void {
  const { values, faults } = readKept(resolveProject(toCareOptions(flags)));
  if (flags.json) return print(toPrintableJson(values.map(toFacts), 2));
  const titles = values.length === 0 ? [] : [pc.bold(toLine(TITLES, KEPT_WIDTHS))];
  print(...titles, ...values.map(toRow));
  for (const { app, reason } of faults)
    logToTerminal(`The last snapshot of ${app} cannot be read: ${reason}`);
  logToTerminal(`${toCount(values.length, 'value')} kept of the memory of the app`);
}

function toRow({ key, type, value, size, at, app }: KeptValue): string {
  const cells = [key, type, toEntries(value), toSize(size), toAge(at), app];
  return toLine(cells.map(toPrintable), KEPT_WIDTHS);
}

function toFacts({ key, type, value, size, at, app }: KeptValue): object {
  return { key, type, holds: toEntries(value), size, written: toDate(at), app };
}

/** How a value is shown. */
interface ShowFlags extends CareFlags {
  reveal?: boolean;
}

/**
 * Shows a value that is kept of the memory of an app, if there is one of this key.
 *
 * @returns whether there is
 */
export async function showKept(key: string, flags: ShowFlags): Promise<boolean> {
  const resolved = resolveProject(toCareOptions(flags));
  const { values } = readKept(resolved);
  const found = values.filter((one) => one.key === key);
  if (found.length === 0) return false;
  // Apps keep things by the ids of sessions.
  const ids = new Set<string>();
  if (!flags.reveal) for await (const { id } of listResolved(resolved)) ids.add(id);
  for (const one of found) {
    const value = flags.reveal ? one.value : maskSecrets(one.value, '', ids);
    print(flags.json ? toJson(one, value) : toText(one, value));
  }
  return true;
}

function toText({ key, app, at, size }: KeptValue, value: unknown): string {
  const rows: [string, string][] = [
    ['key', key],
    ['app', app],
    ['written', `${toDate(at)} (${toAge(at)})`],
    ['size', toSize(size)],
  ];
  const lines = rows.map(([name, text]) => toLine([pc.dim(name), toPrintable(text)], [10]));
  const shown = inspect(value, {
    depth: 20,
    maxArrayLength: 1000,
    maxStringLength: 10_000,
    colors: pc.isColorSupported,
  });
  return [...lines, toPrintableInspection(shown)].join('\n');
}

function toJson({ key, app, at, size, type }: KeptValue, value: unknown): string {
  const facts = { key, app, written: toDate(at), size, type };
  return toPrintableJson({ ...facts, value: toPlain(value) }, 2);
}

/** Deeper than this nothing is shown. */
const DEEPEST = 200;

/**
 * A value as JSON can have it, for programs that look at it: a Map is a list of pairs, a Set a list, and what
 * JSON has no kind for is the text that people would see.
 */
function toPlain(value: unknown, above: object[] = []): unknown {
  if (typeof value !== 'object' || value === null) {
    const isJson = /^(string|boolean)$/.test(typeof value) || value === null;
    return isJson || Number.isFinite(value) ? value : inspect(value);
  }
  if (above.includes(value)) return '[Circular]';
  if (above.length > DEEPEST) return '…';
  const inner = (one: unknown): unknown => toPlain(one, [...above, value]);
  if (value instanceof Map) return Array.from(value, (entry) => entry.map(inner));
  if (value instanceof Set || Array.isArray(value)) return Array.from(value, inner);
  if (Object.prototype.toString.call(value) !== '[object Object]') return inspect(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]));
}

/** What is asked before. */
interface ClearFlags extends CareFlags {
  yes?: boolean;
}

/**
 * Forgets what is kept of the memory of the apps of a project, after it has said how much, and asked.
 *
 * @param key of one value; @default all
 * @throws Error, in one sentence, when there is no such key, or nobody to ask and no --yes
 */
export async function clearKept(key: string | undefined, flags: ClearFlags): Promise<void> {
  const options = resolveProject(toCareOptions(flags));
  const states = listState(options);
  const all = states.flatMap(({ left }) => keysOf(left));
  const meant = key === undefined ? all : all.filter((one) => one === key);
  if (key !== undefined && meant.length === 0)
    throw new Error(`Nothing is kept under ${toPrintable(key)}. See: holdover ls --state`);
  const found = `${toCount(meant.length, 'value')} kept of the memory of the app`;
  if (meant.length > 0 && !flags.yes && !(await isConfirmed(found)))
    return logToTerminal('Nothing was forgotten.');
  const removed = await clearState(options, { key });
  if (flags.json) process.stdout.write(`${JSON.stringify({ removed })}\n`);
  const isRunning = removed > 0 && states.some((one) => one.isRunning);
  const rest = isRunning
    ? ' The app that runs has it still, and begins without it when it is started again.'
    : '';
  logToTerminal(`${toCount(removed, 'value')} forgotten.${rest}`);
}

async function isConfirmed(found: string): Promise<boolean> {
  if (canAsk()) return ask(`${found}. Forget it?`);
  throw new Error(`${found}. Nothing was forgotten: say --yes, as there is no terminal to ask on.`);
}

/** The flags of `holdover doctor --state`. */
export interface CandidateFlags extends ProjectFlag {
  yes?: boolean;
  json?: boolean;
}

const KEY_WIDTH = 40;

/** Lists the variables of the app that `keep` could name, and offers to write them into package.json. */
export async function listCandidates(flags: CandidateFlags): Promise<void> {
  const root = findProjectRoot(toRoot(flags));
  process.chdir(root);
  const { holdover } = readPackage('.') as { holdover?: { keep?: unknown } };
  const candidates = findCandidates(root).map((one) => ({
    ...one,
    isKept: isKept(one.key, holdover?.keep),
  }));
  if (flags.json) {
    process.stdout.write(`${toPrintableJson(candidates, 2)}\n`);
    return;
  }
  for (const { key, type, isKept: isDone } of candidates) {
    const cells = [toPrintable(key), toPrintable(isDone ? `${type} (kept)` : type)];
    process.stdout.write(`${toLine(cells, [KEY_WIDTH])}\n`);
  }
  if (candidates.length === 0)
    return logToTerminal('No file of the app holds a Map, a Set, an array or a store at its top.');
  const lines = candidates.filter(({ isKept: isDone }) => !isDone).map(({ key }) => key);
  if (lines.length === 0) return logToTerminal('All of it is kept already.');
  await offer(lines, flags);
}

/** Offers to write candidates into package.json. */
async function offer(names: string[], { yes }: CandidateFlags): Promise<void> {
  const before = readPackageText();
  const changed = addKeep(parsePackage(before), names);
  if (!changed)
    return logToTerminal(
      `"holdover" in package.json has another form. Add to its "keep": ${names.join(', ')}`,
    );
  if (!yes && !canAsk())
    return logToTerminal(
      `Nothing was written. To add ${toCount(names.length, 'line')} to "keep" in package.json: holdover doctor --state --yes`,
    );
  if (!yes && !(await ask(`Add ${toCount(names.length, 'line')} to "keep" in package.json?`)))
    return logToTerminal('Nothing was written.');
  writePackage(before, changed);
  logToTerminal('Wrote package.json. Take out the lines that you do not want to keep.');
}

/** Adds names to `"holdover": { "keep": […] }`; undefined where that has another form. */
function addKeep(manifest: Record<string, unknown>, names: string[]): object | undefined {
  const { holdover = {} } = manifest;
  if (!isObject(holdover)) return undefined;
  const keep = [holdover.keep ?? []].flat();
  if (!keep.every((name) => typeof name === 'string')) return undefined;
  return { ...manifest, holdover: { ...holdover, keep: [...keep, ...names] } };
}

/**
 * Whether a variable is kept already.
 *
 * @param keep the value in package.json, unchecked
 */
function isKept(key: string, keep: unknown): boolean {
  const named = [keep].flat().filter((name) => typeof name === 'string');
  return named.some((name) => {
    const own = name.replace(/^\.\//, '');
    return own === key || key.startsWith(`${own}${own.includes('#') ? '/' : '#'}`);
  });
}
