import { ERRORS } from '../kinds/app-classes.ts';
import type { ObjectFacts } from '../revived.ts';
import { setField } from './fields.ts';
import type { Fields } from './read-node.ts';
import { list, record, text, toBytes, toSymbol, viewNamed } from './read-node.ts';
import { leafNamed } from '../kinds/leaves.ts';

/** What it is made with. */
export interface Maker {
  facts: Map<object, ObjectFacts>;
  /** Objects that are reached through fields only. */
  open: Set<object>;
  value: (node: unknown, isOpen: boolean, depth: number) => unknown;
  setFields: (object: object, fields: Fields, isOpen: boolean, depth: number) => void;
  members: (object: object, list: unknown, tag: string, depth: number) => void;
  postpone: (object: object, list: unknown, tag: string, depth: number) => void;
  prototypeFor: (className: string, isError?: boolean) => object | undefined;
  fail: (reason: string, hole?: object) => object;
}

/** An object, and what gives it its contents. */
export interface Shell {
  object: unknown;
  fill?: () => void;
}

/**
 * Makes what has a tag, other than Maps, Sets and arrays.
 *
 * @throws for what is damaged
 */
export function makeOther(
  maker: Maker,
  tag: string,
  content: unknown,
  isOpen: boolean,
  depth: number,
): Shell {
  const leaf = leafNamed(tag);
  if (leaf) return { object: leaf.make(content) };
  switch (tag) {
    case 'undefined':
      return { object: undefined };
    case 'number':
      return { object: Number(text(content)) };
    case 'bigint':
      return { object: BigInt(text(content)) };
    case 'symbol':
      return { object: toSymbol(content) };
    case 'bytes':
      return { object: toBytes(content) };
    case 'view': {
      const [name, offset, length, node] = list(content);
      const buffer = maker.value(node, false, depth + 1);
      if (!(buffer instanceof ArrayBuffer)) throw new Error('no buffer');
      return { object: new (viewNamed(name))(buffer, Number(offset), Number(length)) };
    }
    case 'boxed':
      return { object: Object(maker.value(content, false, depth + 1)) };
    default:
      return withFields(maker, tag, content, isOpen, depth);
  }
}

function withFields(
  maker: Maker,
  tag: string,
  content: unknown,
  isOpen: boolean,
  depth: number,
): Shell {
  switch (tag) {
    case 'cut':
    case 'null': {
      const object = tag === 'cut' ? {} : (Object.create(null) as object);
      const fields = tag === 'cut' ? { '~cut': content } : record(content);
      if (isOpen) maker.open.add(object);
      return { object, fill: () => fillFields(maker, object, fields, isOpen, depth) };
    }
    case 'sparse': {
      const [length, fields] = list(content);
      const array: unknown[] = [];
      array.length = Number(length);
      const members = record(fields);
      return { object: array, fill: () => maker.setFields(array, members, false, depth) };
    }
    case 'Error':
      return toError(maker, list(content), depth);
    case 'of':
      return isOpen ? toOpen(maker, list(content), depth) : toInstance(maker, list(content), depth);
    default:
      throw new Error('unknown');
  }
}

/** Fields where they stand, or the parts that have them. */
function fillFields(
  maker: Maker,
  object: object,
  fields: Fields,
  isOpen: boolean,
  depth: number,
): void {
  if ('~cut' in fields) maker.members(object, fields, 'fields', depth);
  else maker.setFields(object, fields, isOpen, depth);
}

/** An instance within an entry. */
function toInstance(maker: Maker, [name, fields]: unknown[], depth: number): Shell {
  const className = text(name);
  const prototype = maker.prototypeFor(className);
  const object = Object.create(prototype ?? Object.prototype) as object;
  if (!prototype) {
    maker.fail(
      `It has an instance of ${className}, which is no class whose instances can be made.`,
      object,
    );
  }
  const members = record(fields);
  return { object, fill: () => maker.setFields(object, members, false, depth) };
}

/** What a binding reaches through fields only. */
function toOpen(maker: Maker, content: unknown[], depth: number): Shell {
  const [name, fields, hidden, contents, passedOver] = content;
  const className = name === null ? undefined : text(name);
  const prototype = className === undefined ? Object.prototype : maker.prototypeFor(className);
  const [tag] = contents === null ? [] : Object.keys(record(contents));
  const object = madeOpen(tag, prototype ?? Object.prototype);
  const privates = hidden === null ? undefined : ({} as Fields);
  const names = list(passedOver).map(text);
  const isWhole = names.length === 0 && !privates && prototype !== undefined;
  maker.facts.set(object, { className, privates, passedOver: names, isWhole });
  maker.open.add(object);
  const fill = (): void => {
    fillFields(maker, object, record(fields), true, depth);
    if (privates) maker.setFields(privates, record(hidden), true, depth);
    if (tag) maker.postpone(object, record(contents)[tag], tag.slice(1), depth);
  };
  return { object, fill };
}

function madeOpen(tag: string | undefined, prototype: object): object {
  if (tag === '~Map') return new Map();
  return tag === '~Set' ? new Set() : (Object.create(prototype) as object);
}

/** An error of a class that is not there is one of the class of JavaScript that it has extended. */
function toError(maker: Maker, [names, unseen, seen]: unknown[], depth: number): Shell {
  const [name = '', className = ''] = text(names).split('/');
  const base = ERRORS.get(name);
  if (!base) throw new Error('unknown');
  const error = new Error();
  for (const key of Reflect.ownKeys(error)) Reflect.deleteProperty(error, key);
  const prototype = className === '' ? base : maker.prototypeFor(className, true);
  Object.setPrototypeOf(error, prototype ?? base);
  const fill = (): void => {
    const hidden: Fields = {};
    maker.setFields(hidden, record(unseen), false, depth);
    for (const [key, value] of Object.entries(hidden)) setField(error, key, value, false);
    maker.setFields(error, record(seen), false, depth);
  };
  return { object: error, fill };
}
