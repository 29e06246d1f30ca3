import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import type { Classes, PrivateFields } from '../../binding.ts';
import type { AppClasses } from './app-classes.ts';
import { isPlainBase } from './app-classes.ts';
import { findObstacle } from './shapes.ts';
import type { Shapes } from './shapes.ts';
import type { OpenShape, Shape } from '../tapes/tape.ts';
import { isPlainPrimitive, LARGEST } from '../tapes/tape.ts';

/** What the members of a collection are: entries, or the fields of a large object. */
export type Form = 'map' | 'set' | 'array' | 'fields';

/** An object that a binding reaches through fields only. */
export interface Opened {
  shape: Shape | OpenShape;
  /** If its members are on tapes of their own. */
  form?: Form | undefined;
}

/** Fields that every EventEmitter has, and that only it may set. */
const OF_EMITTERS = new Set<PropertyKey>([
  ...Reflect.ownKeys(new EventEmitter()),
  // With the module of that name.
  'domain',
]);

export function isOfEmitter(object: object, key: PropertyKey): boolean {
  return OF_EMITTERS.has(key) && object instanceof EventEmitter;
}

/**
 * How an object is written that a binding reaches through fields only. The new code has made one in
 * its place, so that it needs not be made from what can be read: what cannot be kept stays the
 * code's. `undefined` for what is written as it is within an entry; a class name for what is left.
 */
export function openShape(
  object: object,
  shapes: Shapes,
  classes: AppClasses,
  privatesOf: Classes['privatesOf'],
): Opened | string | undefined {
  if (types.isProxy(object)) return 'Proxy';
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (Array.isArray(object)) return openArray(object, shapes);
  const form = types.isMap(object) ? 'map' : types.isSet(object) ? 'set' : undefined;
  const ofForm = form && (form === 'map' ? Map.prototype : Set.prototype);
  if (isPlainBase(prototype)) {
    return types.isModuleNamespaceObject(object) ? 'Module' : withFields({ object, shapes });
  }
  if (prototype === ofForm) return withFields({ object, shapes, form });
  const facts = prototype && classes.factsOf(prototype);
  if (!facts) return undefined;
  const isEmitter = facts.base === EventEmitter.prototype;
  if (!isPlainBase(facts.base) && facts.base !== ofForm && !isEmitter) return undefined;
  const privates = privatesOf(object);
  // Never one field of it without the other.
  if (facts.hasPrivateFields && privates.length === 0) return undefined;
  return withFields({ object, shapes, form, privates, name: classes.nameOf(prototype) });
}

function openArray(array: unknown[], shapes: Shapes): Opened | undefined {
  const shape = shapes.of(array);
  if (typeof shape === 'string' || shape.kind !== 'array') return undefined;
  // Nothing in it can be shared, or be left out.
  if (array.length <= LARGEST && array.every(isPlainPrimitive)) return undefined;
  return { shape: shapes.make('cut', Array.prototype, []), form: 'array' };
}

interface Parts {
  object: object;
  shapes: Shapes;
  name?: string | undefined;
  form?: 'map' | 'set' | undefined;
  privates?: PrivateFields[];
}

function withFields({ object, shapes, name, form, privates = [] }: Parts): Opened {
  const prototype = Object.getPrototypeOf(object) as object | null;
  const own = Reflect.ownKeys(object);
  const keys = own.filter((key) => typeof key === 'string');
  if (!form && privates.length === 0) {
    if (keys.length > LARGEST) {
      return { shape: shapes.make('cut', prototype, [], name), form: 'fields' };
    }
    const isSimple = own.length === keys.length && !keys.some((key) => isPassedOver(object, key));
    if (isSimple) return { shape: shapes.make('fields', prototype, keys, name) };
  }
  if (form && own.length === 0 && privates.length === 0 && name === undefined) {
    return { shape: shapes.make('cut', prototype, []), form };
  }
  const names = privates.flatMap((some) => some.names);
  const shape: OpenShape = {
    kind: 'open',
    prototype,
    keys: [...keys, ...names],
    name,
    own,
    privates,
    form,
  };
  return { shape, form };
}

function isPassedOver(object: object, key: string): boolean {
  return findObstacle(object, key) !== undefined || isOfEmitter(object, key);
}
