import { leafOf } from './leaves.ts';

const WELL_KNOWN = new Map(
  Object.getOwnPropertyNames(Symbol)
    .map((name): [unknown, string] => [(Symbol as unknown as Record<string, unknown>)[name], name])
    .filter(([symbol]) => typeof symbol === 'symbol'),
);

/** How a symbol is found again: by its key, or as one of JavaScript's own. */
export function describeSymbol(symbol: symbol): ['for' | 'of', string] | undefined {
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return ['for', key];
  const name = WELL_KNOWN.get(symbol);
  return name === undefined ? undefined : ['of', name];
}

/** What is said of a leaf; `undefined` for one that is damaged. */
export function readLeaf(object: object): string | number | undefined {
  try {
    return leafOf(Object.getPrototypeOf(object) as object)?.read(object);
  } catch {
    return undefined;
  }
}

/** The stack of an error is made when it is read, maybe by the app's own code. */
export function readField(object: object, key: string): unknown {
  if (key !== 'stack') return (object as never)[key];
  try {
    return (object as never)[key];
  } catch {
    return undefined;
  }
}

export function lengthOf(view: object): number {
  return (view as { length?: number }).length ?? (view as DataView).byteLength;
}

/** The bytes of a buffer or a view of one, as they are. */
export function bytesOf(object: object): Buffer {
  if (!ArrayBuffer.isView(object)) return Buffer.from(object as ArrayBuffer);
  return Buffer.from(object.buffer, object.byteOffset, object.byteLength);
}

export function copyBytes(object: object): Buffer {
  return Buffer.from(bytesOf(object));
}
