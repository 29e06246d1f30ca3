import { types } from 'node:util';
import { logOnce } from '../options/terminal.ts';
import type { AppClass, Binding } from './binding.ts';
import { whyNotFitting, type StandardSchema } from './schema.ts';
import { resolveLeftAlone, resolveOptions } from '../options.ts';
import { toRealPath } from '../options/project.ts';
import { resolveTested } from '../options/environment.ts';
import { isKeeping, openState, startKeeping } from './start.ts';

/** What else can be said of an object that is preserved. */
export interface PreserveOptions<T extends object> {
  /**
   * The classes of instances in it, so that they come back with their methods. Instances are made without
   * their constructor; those of a class with private fields, and of one that is not named, are left out.
   * @default none
   */
  classes?: readonly AppClass[] | undefined;
  /**
   * Any Standard Schema (zod, valibot, arktype, …) that the value of the last run has to fit. A value that does
   * not fit is set aside, and `create` is used. It only checks, changes nothing, and answers at once: not
   * with a promise.
   * @default none
   */
  schema?: StandardSchema<NoInfer<T>> | undefined;
}

/**
 * An object that outlives restarts in development: `preserve('users', () => new Map<string, User>())`.
 *
 * It is what `create` makes, and before this returns it has what the last run left: a Map, Set or array has
 * exactly the old content, an object the old fields and those that the code has added. From then on it is
 * stored when it changes: what was answered at an orderly end (a save, Ctrl-C, SIGTERM, an error) is never
 * lost, and what was changed a second before a kill is not either, up to 8 MB.
 *
 * A key stands for one object in a process: whoever asks again gets that one, with the fields that a newer
 * `create` has added. Only where that makes an object of another class, as it does when a dev server has
 * evaluated the class anew, it is a new one from then on, with the content of the former.
 *
 * With NODE_ENV=production or `test`, under `node --test`, in worker threads and in forked processes it is
 * plain memory: what `create` makes. So it is where the place of the state cannot be used, which is said.
 *
 * @param key names it in the project; any text without `~`
 * @param create makes it, at once: not a promise of it
 * @throws TypeError for a key or an object that cannot be used; whatever `create` throws
 */
export function preserve<T extends object>(
  key: string,
  create: () => T,
  options: PreserveOptions<T> = {},
): T {
  return preserveIn(openPreservedState, key, create, options);
}

/** As `preserve`, in a state that is opened when it is needed. */
export function preserveIn<T extends object>(
  open: OpenPreservedState,
  key: string,
  create: () => T,
  options: PreserveOptions<T> = {},
): T {
  checkKey(key);
  const { schema, classes = [] } = options;
  const made = create();
  checkMade(key, made);
  const older = preserved.get(key);
  const isOlder = older !== undefined && isAlike(older, made);
  if (isOlder) addMissingFields(older, made);
  else preserved.set(key, made);
  const object = isOlder ? older : made;
  const registered = open()?.register(
    { key: `preserve:${key}`, get: () => object },
    // An object that has taken its old value back already does not take it back from itself.
    { classes: [...classes], check: isOlder ? undefined : (old) => checkOld(old, schema) },
  );
  if (registered?.refused !== undefined) sayRefused(key, registered.refused);
  return object as T;
}

function sayRefused(key: string, refused: unknown): void {
  logOnce(
    `preserve('${key}') starts with what create() makes: what the last run has left was not taken back (${(refused as Error).message}). It is set aside: \`holdover ls --state\` shows it.`,
  );
}

function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key === '' || key.includes('~'))
    throw new TypeError('The key of preserve() is a text that is not empty and has no "~" in it.');
}

/** @throws Error that says, in words to stand in brackets, why the value of the last run is not put back */
function checkOld(old: unknown, schema: StandardSchema | undefined): void {
  if (typeof old !== 'object' || old === null) throw new Error('it is no object');
  const reason = schema && whyNotFitting(old, schema);
  if (reason !== undefined) throw new Error(reason);
}

function checkMade(key: string, made: unknown): void {
  if (types.isPromise(made)) {
    made.catch(() => {}); // this error is said instead
    throw new TypeError(
      `create() of preserve('${key}') has to answer at once, and not with a promise: fill the object later.`,
    );
  }
  if (typeof made !== 'object' || made === null)
    throw new TypeError(
      `preserve('${key}') needs an object, as a Map or { count: 0 }: others cannot be changed in their place.`,
    );
}

/** The preserved objects of this process, by their keys: one for all copies of holdover and all evaluations. */
const REGISTRY = Symbol.for('holdover.preserved.2');

const known = globalThis as { [REGISTRY]?: Map<string, object> };

export const preserved: Map<string, object> = (known[REGISTRY] ??= new Map<string, object>());

/** Whether newer code can go on with the object that older code has made: it is of the same class. */
export function isAlike(older: object, made: object): boolean {
  // A Proxy may throw whenever it is touched.
  if (types.isProxy(older) || types.isProxy(made)) return false;
  return (
    Object.getPrototypeOf(older) === Object.getPrototypeOf(made) &&
    Array.isArray(older) === Array.isArray(made)
  );
}

/** Gives an object the fields that only newer code has, those of plain objects within it too. */
function addMissingFields(older: object, made: object): void {
  if (isCollection(older)) return;
  for (const [name, field] of Object.entries(Object.getOwnPropertyDescriptors(made))) {
    const own = Object.getOwnPropertyDescriptor(older, name);
    if (!own && Object.isExtensible(older)) Object.defineProperty(older, name, field);
    if (isPlain(own?.value) && isPlain(field.value)) addMissingFields(own.value, field.value);
  }
}

function isCollection(value: object): boolean {
  return Array.isArray(value) || value instanceof Map || value instanceof Set;
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** The state of this process; undefined in production and in tests. */
export function openPreservedState(): PreservedState | undefined {
  const circumstances = { onFault: () => {} }; // what cannot be used is for others to say
  const storage = resolveOptions({}, circumstances);
  const isLeftAlone = resolveTested() || resolveLeftAlone(circumstances) !== undefined;
  if (isLeftAlone || storage.isProduction) return undefined;
  const { root, keep } = storage;
  const [, entry = root] = process.argv;
  if (!isKeeping()) startKeeping({ root, entry: toRealPath(entry), storage, keep });
  return openState();
}

/** What is kept of the memory of this process. */
export interface PreservedState {
  /**
   * Puts back what is left of a binding before it returns, and keeps it from now on. For a key that it
   * knows the object may be another one now: what hangs in the former is moved into it, with the classes of
   * now. Where it is the same object, only the classes are.
   */
  register: (binding: Binding, options: PreservedOptions) => { refused?: unknown };
}

interface PreservedOptions {
  /** Of the instances in it. */
  classes: AppClass[];
  /**
   * Called once before something is put back, with that, made anew of its record. What it throws is
   * returned as `refused`: nothing is put back, and the record is set aside.
   */
  check: ((old: unknown) => void) | undefined;
}

/** Opens the state of this process; `undefined` where its memory is not kept. May be called again and again. */
export type OpenPreservedState = () => PreservedState | undefined;
