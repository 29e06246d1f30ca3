import type { StorageOptions } from '../storage/options.ts';
import type { AppClass, Classes } from './binding.ts';
import { parseParts } from './form/parse.ts';
import { revive } from './form/revive.ts';
import type { Revived } from './form/revived.ts';
import { FORM } from './form/version.ts';
import { listState, readState } from './snapshots/stored.ts';

export { FORM };

/** A value of the memory of an app that is kept. */
export interface KeptValue {
  /** `server/storage.ts#storage` */
  key: string;
  /** The entry of the app, from the root of the project. */
  app: string;
  /** When it was written, in milliseconds since the epoch. */
  at: number;
  /** Characters of its text. */
  size: number;
  /** `Map`, `MemStorage`; `undefined` for what has a form of its own, as a database. */
  type: string | undefined;
  /** For people; instances have a class that has their name and nothing else. */
  value: unknown;
}

/** Something of it that cannot be read. */
export interface KeptFault {
  app: string;
  /** `undefined` for the list of all. */
  key: string | undefined;
  /** `altered`, `missing`, or a sentence. */
  reason: string;
}

/** All that is kept of the apps of a project. */
export interface Kept {
  values: KeptValue[];
  faults: KeptFault[];
}

/** What stands in for the classes of the app, whose code does not run here: empty ones of their names. */
class StandIns implements Classes {
  readonly #byName = new Map<string, AppClass>();
  readonly #names = new Map<object, string>();

  nameOf = (prototype: object): string | undefined => this.#names.get(prototype);

  find = (name: string): AppClass => {
    const known = this.#byName.get(name);
    if (known) return known;
    // oxlint-disable-next-line typescript/no-extraneous-class -- it gets the name of the field
    const { [name]: made } = { [name]: class {} } as Record<string, AppClass>;
    this.#byName.set(name, made as AppClass);
    this.#names.set((made as AppClass).prototype as object, name);
    return made as AppClass;
  };

  privatesOf = (): [] => [];
}

/**
 * Reads what is kept of the memory of the apps of a project.
 *
 * @throws Error, in one sentence, when it cannot be read
 */
export function readKept(options: StorageOptions): Kept {
  const kept: Kept = { values: [], faults: [] };
  for (const { app, at, bindings } of listState(options, FORM)) {
    const { parts, faults = [] } = readState(options, { app, version: FORM }) ?? {};
    const classes = new StandIns();
    const revived = revive(parseParts(parts ?? []), classes);
    giveNames(revived, classes);
    for (const { key, size } of bindings) {
      const value = revived.values.get(key);
      const type = revived.values.has(key) ? toType(value) : undefined;
      kept.values.push({ key, app, at, size, type, value });
    }
    for (const { part, reason } of [...faults, ...revived.faults])
      kept.faults.push({ app, key: part?.replace(/~\d+$/, ''), reason });
  }
  return kept;
}

/** Instances are shown under the names of their classes, with their private fields. */
function giveNames({ facts }: Revived, classes: StandIns): void {
  for (const [object, { className, privates }] of facts) {
    if (className !== undefined) Object.setPrototypeOf(object, classes.find(className).prototype);
    for (const [name, value] of Object.entries(privates ?? {}))
      Object.defineProperty(object, name, { value, enumerable: true });
  }
}

function toType(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor === 'function' ? String(constructor.name) : 'Object';
}

/** `3 entries`, or `users 3, rooms 1`: of the collection itself, or of those in its fields. */
export function toEntries(value: unknown): string {
  const count = countOf(value);
  if (count !== undefined) return `${count} ${count === 1 ? 'entry' : 'entries'}`;
  if (typeof value !== 'object' || value === null) return '';
  const fields = Object.entries(value).flatMap(([name, inner]) => {
    const entries = countOf(inner);
    return entries === undefined ? [] : [`${name} ${entries}`];
  });
  return fields.join(', ');
}

function countOf(value: unknown): number | undefined {
  if (value instanceof Map || value instanceof Set) return value.size;
  return Array.isArray(value) ? value.length : undefined;
}
