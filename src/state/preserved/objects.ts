import { types } from 'node:util';

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
export function addMissingFields(older: object, made: object): void {
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
