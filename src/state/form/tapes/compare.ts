import { bytesOf, lengthOf, readField, readLeaf } from '../kinds/read.ts';
import type { Shape } from './tape.ts';
import { DEEP, LATER, OUT, PASS, REF, Tape } from './tape.ts';
import { Walk } from './walk.ts';
import type { World } from './world.ts';

const eachOfMap = Map.prototype.forEach;
const eachOfSet = Set.prototype.forEach;

/** Compares values with the tape of them, without leaving a trace. */
export abstract class ValueComparison {
  protected readonly world: World;
  protected tokens: unknown[] = [];
  protected at = 0;
  /** Objects that are defined behind the entry. */
  protected later: object[] = [];

  constructor(world: World) {
    this.world = world;
  }

  protected rewind(tape: Tape): void {
    this.tokens = tape.tokens;
    this.at = 0;
    this.later = [];
  }

  protected drain(): boolean {
    for (let object = this.later.shift(); object; object = this.later.shift()) {
      if (!this.same(object)) return false;
    }
    return true;
  }

  /** An entry that is left out: whether it still is the same, and has to be. */
  protected out(values: unknown[]): boolean {
    this.at++;
    for (const value of values) if (!Object.is(this.tokens[this.at++], value)) return false;
    this.at++;
    return !this.canBeKept(values);
  }

  protected canBeKept(values: unknown[]): boolean {
    const part = { name: '', key: '', isStale: false, length: 0 };
    const tape = new Tape(part, false);
    tape.clear();
    return new Walk(this.world, tape).probe(values) === undefined;
  }

  protected same(value: unknown): boolean {
    const token = this.tokens[this.at++];
    if (typeof value !== 'object' || value === null) {
      if (token === value) return value !== 0 || Object.is(token, value);
      if (token === PASS) return this.passed(value);
      return Number.isNaN(value) && Number.isNaN(token);
    }
    if (token === value) return this.#contents(value, this.tokens[this.at++] as Shape);
    if (token === REF) return this.tokens[this.at++] === value;
    if (token === LATER) {
      this.later.push(value);
      return this.tokens[this.at++] === value;
    }
    if (token === DEEP) return this.#deep(value);
    return token === PASS && this.passed(value);
  }

  #deep(value: unknown): boolean {
    const later = this.later;
    this.later = [];
    const isSame = this.same(value) && this.drain();
    this.later = later;
    return isSame;
  }

  /** A field that is passed over: whether it holds the same, and cannot be kept still. */
  protected abstract passed(value: unknown): boolean;
  /** What is reached through fields only, other than simple fields. */
  protected abstract open(object: object, shape: Shape): boolean;

  #contents(object: object, shape: Shape): boolean {
    switch (shape.kind) {
      case 'fields':
        return this.#fields(object, shape);
      case 'array':
        return this.#elements(object as unknown[]);
      case 'map':
        return this.#entries(object as Map<unknown, unknown>);
      case 'set':
        return this.#members(object as Set<unknown>);
      case 'leaf':
        return Object.is(this.tokens[this.at++], readLeaf(object));
      case 'bytes':
        return bytesOf(object).equals(this.tokens[this.at++] as Buffer);
      case 'view': {
        const { buffer, byteOffset } = object as Uint8Array;
        if (this.tokens[this.at++] !== byteOffset) return false;
        return this.tokens[this.at++] === lengthOf(object) && this.same(buffer);
      }
      case 'boxed':
        return this.same(object.valueOf());
      case 'open':
      case 'cut':
        return this.open(object, shape);
      default:
        return this.#others(object, shape);
    }
  }

  #fields(object: object, { prototype, keys }: Shape): boolean {
    if (Object.getPrototypeOf(object) !== prototype) return false;
    let at = 0;
    for (const key in object) {
      // After its own ones come those of its prototypes.
      if (at === keys.length) return !Object.hasOwn(object, key);
      if (keys[at++] !== key || !this.same((object as never)[key])) return false;
    }
    return at === keys.length;
  }

  #elements(array: unknown[]): boolean {
    const { length } = array;
    if (this.tokens[this.at++] !== length) return false;
    for (let i = 0; i < length; i++) {
      const element = array[i];
      if (!this.same(element) || (element === undefined && !(i in array))) return false;
    }
    return true;
  }

  #entries(map: Map<unknown, unknown>): boolean {
    let isSame = this.tokens[this.at++] === map.size;
    if (!isSame) return false;
    eachOfMap.call(map, (value, key) => {
      if (!isSame) return;
      if (this.tokens[this.at] === OUT) isSame = this.out([key, value]);
      else isSame = this.same(key) && this.same(value);
    });
    return isSame;
  }

  #members(set: Set<unknown>): boolean {
    let isSame = this.tokens[this.at++] === set.size;
    if (!isSame) return false;
    eachOfSet.call(set, (element) => {
      if (!isSame) return;
      isSame = this.tokens[this.at] === OUT ? this.out([element]) : this.same(element);
    });
    return isSame;
  }

  /** Errors, and arrays with holes or fields. */
  #others(object: object, shape: Shape): boolean {
    const now = this.world.shapes.of(object);
    if (typeof now === 'string' || now.name !== shape.name) return false;
    if (now.keys.length !== shape.keys.length || now.hidden !== shape.hidden) return false;
    if (shape.kind === 'sparse' && this.tokens[this.at++] !== (object as unknown[]).length) {
      return false;
    }
    return shape.keys.every((key, i) => key === now.keys[i] && this.same(readField(object, key)));
  }
}
