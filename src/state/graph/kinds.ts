import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import type { AppClasses } from './classes.ts';
import type { Tag } from './nodes.ts';
import { isAdoptable } from '../../session/adoptable.ts';

/** The errors of JavaScript, by their names. */
export const ERRORS: Record<string, ErrorConstructor> = {
  Error,
  AggregateError: AggregateError as unknown as ErrorConstructor,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Fields that every EventEmitter has, and that only it may set. */
const OF_EMITTERS = new Set<PropertyKey>([...Reflect.ownKeys(new EventEmitter()), 'domain']);

/** Whether a field belongs to the EventEmitter that an object extends. */
export function isOfEmitter(object: object, key: PropertyKey): boolean {
  return OF_EMITTERS.has(key) && object instanceof EventEmitter;
}

/**
 * Returns what an object is to a snapshot; undefined for a handle. It never calls anything of the app, and no
 * getter.
 *
 * @param isOpen whether a binding reaches it through fields only: then the new code makes one in its place, so
 *   that it may be what cannot be made from its data, as an EventEmitter or an instance with private fields
 */
export function tagOf(object: object, classes: AppClasses, isOpen: boolean): Tag | undefined {
  if (types.isProxy(object)) return undefined;
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype === Object.prototype || prototype === null) return tagOfPlain(object, prototype);
  if (Array.isArray(object)) return prototype === Array.prototype ? 'A' : undefined;
  const builtin = tagOfBuiltin(object, prototype);
  return builtin ?? tagOfInstance(object, prototype, classes, isOpen);
}

function tagOfPlain(object: object, prototype: object | null): Tag | undefined {
  const isExotic =
    types.isModuleNamespaceObject(object) ||
    types.isArgumentsObject(object) ||
    Object.hasOwn(object, Symbol.toStringTag);
  if (isExotic) return undefined;
  return prototype === null ? 'N' : 'O';
}

function tagOfBuiltin(object: object, prototype: object): Tag | undefined {
  if (prototype === Map.prototype) return types.isMap(object) ? 'M' : undefined;
  if (prototype === Set.prototype) return types.isSet(object) ? 'S' : undefined;
  if (prototype === Date.prototype) return types.isDate(object) ? 'D' : undefined;
  if (prototype === RegExp.prototype) return types.isRegExp(object) ? 'R' : undefined;
  if (prototype === URL.prototype) return 'U';
  if (prototype === URLSearchParams.prototype) return 'Q';
  if (ArrayBuffer.isView(object) || types.isArrayBuffer(object))
    return nameOfBytes(object) === undefined ? undefined : 'B';
  return types.isNativeError(object) && nameOfError(prototype) !== undefined ? 'E' : undefined;
}

function tagOfInstance(
  object: object,
  prototype: object,
  classes: AppClasses,
  isOpen: boolean,
): Tag | undefined {
  const found = classes.baseOf(prototype);
  if (!found) return undefined;
  const isHidden = isOpen
    ? classes.hiddenIn(prototype) !== undefined
    : classes.hasPrivates(prototype);
  if (isHidden) return undefined;
  const { base } = found;
  if (base === null || base === Object.prototype) return 'O';
  if (base === Map.prototype) return types.isMap(object) ? 'M' : undefined;
  if (base === Set.prototype) return types.isSet(object) ? 'S' : undefined;
  if (base === EventEmitter.prototype) return isOpen ? 'O' : undefined;
  return types.isNativeError(object) && nameOfError(base) !== undefined ? 'E' : undefined;
}

/** Returns the name of the error of JavaScript with this prototype. */
export function nameOfError(prototype: object): string | undefined {
  return Object.keys(ERRORS).find((name) => ERRORS[name]?.prototype === prototype);
}

/** Returns `Buffer`, `Uint8Array`, `DataView`, `ArrayBuffer`; undefined for what cannot be made from its bytes. */
export function nameOfBytes(object: object): string | undefined {
  if (Buffer.isBuffer(object)) return 'Buffer';
  const { buffer = object } = object as { buffer?: object };
  const isResizable = (buffer as { resizable?: boolean }).resizable === true;
  if (isResizable || !types.isArrayBuffer(buffer)) return undefined;
  const { name } = (Object.getPrototypeOf(object) as object).constructor;
  const known = (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[name];
  return known?.prototype === Object.getPrototypeOf(object) ? name : undefined;
}

/** The name for people of what a value is, without running anything of it. */
export function describeClass(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  if (types.isProxy(value)) return 'Proxy';
  let prototype = Object.getPrototypeOf(value) as object | null;
  while (prototype !== null && !types.isProxy(prototype)) {
    const made = ownValue(prototype, 'constructor');
    const name =
      typeof made === 'function' ? ownValue(made, 'name') : ownValue(prototype, Symbol.toStringTag);
    if (typeof name === 'string' && name !== '') return name;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return 'object';
}

/** The value of an own property that is no accessor. */
function ownValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

interface Found {
  path: string;
  value: unknown;
}

/**
 * Finds the objects of the app's own classes that a binding reaches through fields and that are not kept, such as
 * one that extends a class of a package: `storage.ts#storage.sessionStore (OwnStore)`. The new code makes them, and
 * their content is lost. A memory store that is adopted is none of them.
 */
export function findLeftOut(key: string, root: unknown, classes: AppClasses): string[] {
  const names: string[] = [];
  const seen = new Set<unknown>();
  const rest: Found[] = [{ path: key, value: root }];
  for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
    const { path, value } = one;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const tag = tagOf(value, classes, true);
    if (tag === 'O' || tag === 'N') rest.push(...fieldsOf(value, path, classes));
    else if (tag === undefined && isOfApp(value, classes) && !isAdoptable(value)) {
      names.push(`${path} (${describeClass(value)})`);
    }
  }
  return names;
}

function isOfApp(value: object, classes: AppClasses): boolean {
  if (types.isProxy(value)) return false;
  return classes.baseOf(Object.getPrototypeOf(value) as object) !== undefined;
}

function fieldsOf(object: object, path: string, classes: AppClasses): Found[] {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(object)).map(
    ([name, { value }]): Found => ({ path: `${path}.${name}`, value }),
  );
  const hidden = classes
    .privatesOf(object)
    .flatMap(({ names, read }) =>
      read(object).map((value, index): Found => ({ path: `${path}.${names[index]}`, value })),
    );
  return [...fields, ...hidden];
}
