import { prototypeOf } from '../kinds/shapes.ts';

const VIEWS = new Set(
  `DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
  Float16Array Float32Array Float64Array BigInt64Array BigUint64Array`.split(/\s+/),
);

export type Fields = Record<string, unknown>;
type View = new (buffer: ArrayBuffer, offset?: number, length?: number) => object;

export function toSymbol(content: unknown): symbol {
  const [way, name] = list(content).map(text);
  if (way === 'for') return Symbol.for(name ?? '');
  const known = (Symbol as unknown as Fields)[name ?? ''];
  if (typeof known !== 'symbol') throw new Error('unknown');
  return known;
}

export function toBytes(content: unknown): object {
  const [name, base64] = list(content).map(text);
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (name === 'Buffer') return bytes;
  const buffer = new ArrayBuffer(bytes.length);
  bytes.copy(new Uint8Array(buffer));
  return name === 'ArrayBuffer' ? buffer : new (viewNamed(name))(buffer);
}

export function viewNamed(name: unknown): View {
  const prototype = VIEWS.has(text(name)) ? prototypeOf(text(name)) : undefined;
  if (!prototype) throw new Error('unknown');
  return prototype.constructor as View;
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('no text');
  return value;
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
}

export function record(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new Error('no object');
  return value as Fields;
}

/** Whether something is said of an object beside its fields. */
export function hasTags(node: object): boolean {
  for (const key in node) if (key.startsWith('~')) return true;
  return false;
}
