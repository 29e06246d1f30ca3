import { types } from 'node:util';

type Primitive = string | number;

/** A kind of object that one primitive says all of. */
interface Leaf {
  tag: string;
  /** `undefined` for what has the prototype only. */
  read: (object: object) => Primitive | undefined;
  /** @throws for what is damaged */
  make: (primitive: unknown) => object;
}

/** They are told by their prototype; what inherits from it is no leaf. */
const LEAVES = new Map<object, Leaf>([
  [
    Date.prototype,
    {
      tag: 'Date',
      read: (object) =>
        types.isDate(object) ? (Date.prototype.getTime.call(object) as number) : undefined,
      make: (time) => new Date(time === null ? Number.NaN : asNumber(time)),
    },
  ],
  [
    RegExp.prototype,
    {
      tag: 'RegExp',
      read: (object) => {
        if (!types.isRegExp(object)) return undefined;
        return `${object.lastIndex}/${object.flags}/${object.source}`;
      },
      make: (text) => {
        const [, lastIndex = '', flags, source = ''] =
          /^(\d+)\/(\w*)\/([^]*)$/.exec(asString(text)) ?? [];
        const made = new RegExp(source, flags);
        made.lastIndex = Number(lastIndex);
        return made;
      },
    },
  ],
  [
    URL.prototype,
    { tag: 'URL', read: (url) => String(url), make: (text) => new URL(asString(text)) },
  ],
  [
    URLSearchParams.prototype,
    {
      tag: 'URLSearchParams',
      read: (params) => String(params),
      make: (text) => new URLSearchParams(asString(text)),
    },
  ],
]);

const BY_TAG = new Map([...LEAVES.values()].map((leaf) => [leaf.tag, leaf]));

export function leafOf(prototype: object): Leaf | undefined {
  return LEAVES.get(prototype);
}

export function leafNamed(tag: string): Leaf | undefined {
  return BY_TAG.get(tag);
}

function asString(value: unknown): string {
  if (typeof value !== 'string') throw new Error('is no text');
  return value;
}

function asNumber(value: unknown): number {
  if (typeof value !== 'number') throw new Error('is no number');
  return value;
}
