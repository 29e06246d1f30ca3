import { deepStrictEqual, strictEqual } from 'node:assert';
import * as fc from 'fast-check';

/** A class of an app. */
export class Point {
  x: unknown;
  y: unknown;
  constructor(x: unknown, y: unknown) {
    this.x = x;
    this.y = y;
  }
}

const key = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom('~', '~~', '~id', '~ref', '__proto__', 'toString', '0', '12'),
);
const primitive = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom(null, undefined, true, false, -0, Symbol.for('it'), Symbol.iterator),
);
/** What makes a random structure of the objects that were made before it. */
export const recipe = fc.record({
  kind: fc.constantFrom(
    'array',
    'object',
    'null',
    'map',
    'set',
    'point',
    'date',
    'bytes',
    'error',
    'sparse',
    'regexp',
  ),
  keys: fc.array(key, { maxLength: 4 }),
  primitives: fc.array(primitive, { minLength: 4, maxLength: 4 }),
  /** Which of the others it has; beyond the first ones it has primitives. */
  picks: fc.array(fc.nat(30), { minLength: 4, maxLength: 4 }),
});
export type Recipe = Omit<typeof recipe extends fc.Arbitrary<infer T> ? T : never, 'primitives'> & {
  primitives: unknown[];
};

function make({ kind, primitives }: Recipe, of: typeof Point): object {
  switch (kind) {
    case 'array':
    case 'sparse':
      return [];
    case 'map':
      return new Map();
    case 'set':
      return new Set();
    case 'point':
      return new of(primitives[0], primitives[1]);
    case 'date':
      return new Date(Number(String(primitives[0]).length));
    case 'bytes':
      return Buffer.from(String(primitives[0]));
    case 'error':
      return new TypeError(String(primitives[0]));
    case 'regexp':
      return /a/g;
    default:
      return kind === 'null' ? (Object.create(null) as object) : {};
  }
}

function setOwn(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

export function fill(
  object: object,
  { kind, keys, picks, primitives }: Recipe,
  others: unknown[],
): void {
  const values = picks.map((pick, i) => (pick < others.length ? others[pick] : primitives[i]));
  if (kind === 'sparse') (object as unknown[])[keys.length * 2] = values[0];
  else if (Array.isArray(object)) object.push(...values.slice(0, keys.length));
  else if (object instanceof Map)
    for (const [i, name] of keys.entries()) object.set(i % 2 ? values[3 - i] : name, values[i]);
  else if (object instanceof Set) for (const value of values) object.add(value);
  else if (kind === 'point') (object as Point).x = values[0];
  else if (object instanceof Error) object.cause = values[0];
  else if (kind === 'object' || kind === 'null')
    for (const [i, name] of keys.entries()) setOwn(object, name, values[i]);
}

/** Random objects that refer to one another, and primitives. */
export function build(recipes: Recipe[], of: typeof Point): unknown[] {
  const objects = recipes.map((one) => make(one, of));
  for (const [i, object] of objects.entries()) fill(object, recipes[i] as Recipe, objects);
  return objects;
}

/** What tells two graphs apart that are alike: which places have the same object. */
function sharedPlaces(values: unknown): string {
  const seen = new Map<unknown, number>();
  const places: number[] = [];
  const next = [values];
  for (let value = next.pop(); next.length > 0 || value !== undefined; value = next.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const known = seen.get(value);
    places.push(known ?? -1);
    if (known !== undefined) continue;
    seen.set(value, seen.size);
    if (value instanceof Map) next.push(...[...value].flat(), 0);
    else if (value instanceof Set) next.push(...value, 0);
    for (const name of Object.getOwnPropertyNames(value)) {
      if (!ArrayBuffer.isView(value)) next.push((value as Record<string, unknown>)[name], 0);
    }
  }
  return places.join();
}

/** Whether two graphs are alike, and share the same. @throws AssertionError */
export function expectSame(back: unknown, values: unknown): void {
  deepStrictEqual(back, values);
  strictEqual(sharedPlaces(back), sharedPlaces(values));
}

/** A few of them. */
export const structure = fc.array(recipe, { minLength: 1, maxLength: 8 });

/**
 * Structures as many as wanted, the same for the same seed: two that share what they refer to, and the rest.
 *
 * @param of is the class of their points
 */
export function sample(seed: number, count: number, of: typeof Point): [unknown, unknown][] {
  return fc.sample(structure, { seed, numRuns: count }).map((recipes) => {
    const [first, ...rest] = build(recipes, of);
    return [first, rest];
  });
}
