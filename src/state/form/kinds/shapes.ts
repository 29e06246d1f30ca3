import { types } from 'node:util';
import type { AppClasses } from './app-classes.ts';
import { describe } from './app-classes.ts';
import { leafOf } from './leaves.ts';
import type { Kind, Shape } from '../tapes/tape.ts';

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typeOfView = Object.getOwnPropertyDescriptor(TYPED_ARRAY, Symbol.toStringTag)?.get as (
  this: unknown,
) => string | undefined;

/** What is written of an error, although it cannot be seen. */
export const HIDDEN_IN_ERRORS = ['message', 'stack', 'cause', 'errors'];

/** Objects with more keys are not looked up, */
const MOST_KEYS = 64;
/** nor are they after so many others with as many keys. */
const MOST_SHAPES = 24;

/** Finds the shapes of objects. One serves a pass, so that what classes say of them is never old. */
export class Shapes {
  readonly #classes: AppClasses;
  /** By their number of keys. */
  readonly #known: Shape[][] = [];

  constructor(classes: AppClasses) {
    this.#classes = classes;
  }

  /** The shape of an object, or its class name if it cannot be made again from what can be read. */
  of(object: object): Shape | string {
    if (types.isProxy(object)) return 'Proxy';
    const prototype = Object.getPrototypeOf(object) as object | null;
    if (prototype === Object.prototype || prototype === null) {
      if (types.isModuleNamespaceObject(object)) return 'Module';
      return this.#withFields('fields', object, prototype, undefined);
    }
    return this.#ofBuiltin(object, prototype) ?? this.#ofInstance(object, prototype);
  }

  /** A shape with these keys, shared among objects that look alike. */
  make(kind: Kind, prototype: object | null, keys: string[], name?: string): Shape {
    const known = this.#known[keys.length] ?? [];
    for (const shape of known) {
      if (shape.kind !== kind || shape.prototype !== prototype || shape.name !== name) continue;
      if (isSame(shape.keys, keys)) return shape;
    }
    const shape = { kind, prototype, keys, name };
    if (keys.length <= MOST_KEYS) {
      if (known.length < MOST_SHAPES) known.push(shape);
      this.#known[keys.length] = known;
    }
    return shape;
  }

  #ofBuiltin(object: object, prototype: object): Shape | string | undefined {
    if (prototype === Array.prototype && Array.isArray(object)) return this.#ofArray(object);
    if (prototype === Map.prototype && types.isMap(object)) return this.#bare('map', object, 'Map');
    if (prototype === Set.prototype && types.isSet(object)) return this.#bare('set', object, 'Set');
    const leaf = leafOf(prototype);
    if (leaf) {
      const own = leaf.tag === 'RegExp' ? 1 : 0;
      return Reflect.ownKeys(object).length === own
        ? this.#bare('leaf', object, leaf.tag)
        : leaf.tag;
    }
    return this.#ofBytes(object, prototype) ?? this.#ofError(object, prototype);
  }

  /** One of a builtin that has no fields of its own. */
  #bare(kind: Kind, object: object, name: string): Shape | string {
    const isBare = kind === 'leaf' || Reflect.ownKeys(object).length === 0;
    return isBare ? this.make(kind, Object.getPrototypeOf(object) as object, [], name) : name;
  }

  #ofArray(array: unknown[]): Shape | string {
    // Its length is an own key, too.
    const keys = Reflect.ownKeys(array);
    const isDense = keys.length === array.length + 1 && hasEnd(array, keys);
    if (isDense) return this.make('array', Array.prototype, []);
    return this.#withFields('sparse', array, Array.prototype, undefined, new Set(['length']));
  }

  #ofBytes(object: object, prototype: object): Shape | undefined {
    if (ArrayBuffer.isView(object)) {
      if (object.buffer instanceof SharedArrayBuffer || isResizable(object.buffer))
        return undefined;
      if (prototype === Buffer.prototype) return this.make('bytes', prototype, [], 'Buffer');
      const name = types.isDataView(object) ? 'DataView' : typeOfView.call(object);
      if (name === undefined || prototype !== prototypeOf(name)) return undefined;
      // A part of the pool of buffers: the rest of it belongs to others.
      const isPooled =
        object.buffer.byteLength === Buffer.poolSize && object.byteLength < Buffer.poolSize;
      return this.make(isPooled ? 'bytes' : 'view', prototype, [], name);
    }
    if (!types.isArrayBuffer(object) || isResizable(object)) return undefined;
    if (prototype !== ArrayBuffer.prototype) return undefined;
    return this.make('bytes', prototype, [], 'ArrayBuffer');
  }

  #ofError(object: object, prototype: object): Shape | string | undefined {
    if (types.isBoxedPrimitive(object)) {
      const fields = Reflect.ownKeys(object).length;
      const expected = types.isStringObject(object) ? object.length + 1 : 0;
      const isBare = fields === expected && isPrototypeOfBoxed(prototype);
      return isBare ? this.make('boxed', prototype, []) : undefined;
    }
    if (!types.isNativeError(object)) return undefined;
    const error = this.#classes.errorOf(prototype);
    if (!error) return undefined;
    const hidden = new Set(HIDDEN_IN_ERRORS);
    const shape = this.#withFields('error', object, prototype, error.className, hidden);
    if (typeof shape === 'string') return shape;
    const found = HIDDEN_IN_ERRORS.filter((key) => Object.hasOwn(object, key));
    const seen = found.filter((key) => Object.prototype.propertyIsEnumerable.call(object, key));
    const unseen = found.filter((key) => !seen.includes(key));
    const keys = [...unseen, ...seen, ...shape.keys];
    const name = `${error.name}/${error.className ?? ''}`;
    return { kind: 'error', prototype, keys, name, hidden: unseen.length };
  }

  #ofInstance(object: object, prototype: object): Shape | string {
    const name = this.#classes.nameOfMakeable(prototype);
    if (name === undefined) return describe(object);
    return this.#withFields('fields', object, prototype, name);
  }

  #withFields(
    kind: Kind,
    object: object,
    prototype: object | null,
    name: string | undefined,
    except?: Set<string>,
  ): Shape | string {
    const keys: string[] = [];
    for (const key of Reflect.ownKeys(object)) {
      if (typeof key === 'symbol') return 'symbol key';
      if (except?.has(key)) continue;
      const reason = findObstacle(object, key);
      if (reason !== undefined) return reason;
      keys.push(key);
    }
    return this.make(kind, prototype, keys, name);
  }
}

/** Why an own field cannot be read, or made again as it is. */
export function findObstacle(object: object, key: string): string | undefined {
  const field = Object.getOwnPropertyDescriptor(object, key);
  if (!field || !('value' in field)) return 'getter';
  return field.enumerable ? undefined : 'hidden field';
}

function isSame(a: string[], b: string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether the keys, which are as many as the elements and one, are those of all elements. */
function hasEnd(array: unknown[], keys: PropertyKey[]): boolean {
  return array.length === 0 || keys[array.length - 1] === String(array.length - 1);
}

function isResizable(buffer: object): boolean {
  return (buffer as { resizable?: boolean }).resizable === true;
}

/** The prototype of what is global under that name. */
export function prototypeOf(name: string): object | undefined {
  return (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[name]
    ?.prototype;
}

function isPrototypeOfBoxed(prototype: object): boolean {
  return ['Number', 'String', 'Boolean', 'BigInt', 'Symbol'].some(
    (name) => prototype === prototypeOf(name),
  );
}
