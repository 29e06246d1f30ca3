import type { PrivateFields } from '../../binding.ts';

/** Nothing, for as long as nothing is added. */
const NONE: never[] = [];

/**
 * What the last pass saw of a piece of data: one flat list, in the order of a walk over it. Of an
 * object that is met first, itself, its `Shape` and what that one calls for; of a primitive, itself.
 */
export class Tape {
  tokens: unknown[] = NONE;
  /** Objects that the tape only refers to. */
  refs: object[] = NONE;
  /** Collections and values of a form of their own that it leads to. */
  found: object[] = NONE;
  /** The class names of what was left out, one for each entry. */
  leftOut: string[] = NONE;
  /** The class names of what was passed over, one for each field. */
  passedOver: string[] = NONE;
  /** To be recorded anew. */
  isDirty = true;
  part: Part;
  /** Whether it has what is reached from the binding through fields only. */
  readonly isOpen: boolean;

  constructor(part: Part, isOpen: boolean) {
    this.part = part;
    this.isOpen = isOpen;
  }

  /** Makes it empty, to be recorded. */
  clear(): void {
    this.tokens = [];
    this.refs = [];
    this.found = [];
    this.leftOut = [];
    this.passedOver = [];
    this.isDirty = false;
    this.part.isStale = true;
  }

  /** Takes no more memory than what was recorded needs: there may be a tape for each small array. */
  trim(): void {
    this.tokens = this.tokens.slice();
    if (this.refs.length === 0) this.refs = NONE;
    if (this.found.length === 0) this.found = NONE;
    if (this.leftOut.length === 0) this.leftOut = NONE;
    if (this.passedOver.length === 0) this.passedOver = NONE;
  }
}

/** A text of a snapshot. */
export interface Part {
  name: string;
  /** The key of its binding. */
  key: string;
  /** Whether its text differs from the one that was given out last. */
  isStale: boolean;
  /** The length of that text; 0 before it was given out. */
  length: number;
}

/** Stands before an object that is defined elsewhere, or earlier on the tape. */
export const REF: unique symbol = Symbol('ref');
/** Stands before an object that is too deep, and is defined behind the entry or the value. */
export const LATER: unique symbol = Symbol('later');
/** Stands before a value that what is too deep in it follows at once. */
export const DEEP: unique symbol = Symbol('deep');
/** Stands before the key, the value and the class name of an entry that is left out. */
export const OUT: unique symbol = Symbol('out');
/** Stands before what a field holds that is passed over, and its class name. */
export const PASS: unique symbol = Symbol('pass');
/** Stands before a collection or an object whose members are on tapes of their own. */
export const CUT: unique symbol = Symbol('cut');
/** What a field holds that must not be read. */
export const UNREAD: unique symbol = Symbol('unread');

export type Kind =
  /** Fields, told by the prototype: plain objects, instances, those without a prototype. */
  | 'fields'
  /** What a binding reaches by fields only, with what `for in` does not show. See `OpenShape`. */
  | 'open'
  /** The members are on tapes of their own. */
  | 'cut'
  | 'array'
  /** An array with holes or with fields. */
  | 'sparse'
  | 'map'
  | 'set'
  /** One primitive says it all. */
  | 'leaf'
  | 'bytes'
  | 'view'
  | 'error'
  | 'boxed';

/** How an object is written. Objects that look alike share one. */
export interface Shape {
  kind: Kind;
  prototype: object | null;
  keys: string[];
  /** The tag in its text: the class of an instance, or the builtin. */
  name?: string | undefined;
  /** How many of the keys, from the first one, are of fields that cannot be seen. */
  hidden?: number;
  /** The beginnings of its fields in the text. */
  heads?: string[];
}

export interface OpenShape extends Shape {
  kind: 'open';
  /** All its own keys. The tape has those that are strings. */
  own: PropertyKey[];
  privates: PrivateFields[];
  form?: 'map' | 'set' | undefined;
}

/** What is no object, and is the same again when it is read. */
export function isPlainPrimitive(value: unknown): boolean {
  const type = typeof value;
  return value === null || (type !== 'object' && type !== 'function' && type !== 'symbol');
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The deepest level of nesting in a text. */
export const DEEPEST = 200;
/** The most entries that stand in one part. */
export const LARGEST = 256;
/** A tape with so much on it has enough entries. */
export const HEAVIEST = 16_384;
