import { isMemoryDatabase } from '../database/databases.ts';

/** An object that is preserved, and the version of the code that has made it. */
interface Preserved {
  object: object;
  /** `undefined` where nobody has said one. */
  version: number | undefined;
}

/** Those of this process, by their keys: one for all copies of holdover and all evaluations. */
const REGISTRY = Symbol.for('holdover.preserved.1');

const known = globalThis as { [REGISTRY]?: Map<string, Preserved> };

export const preserved: Map<string, Preserved> = (known[REGISTRY] ??= new Map<string, Preserved>());

/**
 * Whether newer code can go on with the object that older code has made: of the same version and class. Not
 * with a database, which has the schema of the older code.
 */
export function isAlike(older: Preserved, made: Preserved): boolean {
  const [one, other] = [older.object, made.object];
  return (
    (made.version === undefined || older.version === made.version) &&
    Object.getPrototypeOf(one) === Object.getPrototypeOf(other) &&
    Array.isArray(one) === Array.isArray(other) &&
    !isMemoryDatabase(one)
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
