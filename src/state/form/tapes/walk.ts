import { copyBytes, describeSymbol, lengthOf, readField, readLeaf } from '../kinds/read.ts';
import type { Shape, Tape } from './tape.ts';
import { DEEPEST, isPlainPrimitive, LATER, OUT, REF } from './tape.ts';
import type { World } from './world.ts';

const eachOfMap = Map.prototype.forEach;
const eachOfSet = Set.prototype.forEach;

/**
 * Records values on a tape. Each method that takes a value returns the class name of what cannot be
 * kept in it, and then has to be undone by its caller; or `undefined` if all of it is on the tape.
 */
export class Walk {
  protected readonly world: World;
  protected readonly tape: Tape;
  /** What the tape has come to own, in this order. */
  readonly #owned: object[] = [];
  /** Objects that are too deep to be defined where they stand. */
  protected later: object[] = [];

  constructor(world: World, tape: Tape) {
    this.world = world;
    this.tape = tape;
  }

  /** Records an entry of a Map as a whole, or that it is left out. A primitive key is left to others. */
  pair(key: unknown, value: unknown): void {
    this.entry(isPlainPrimitive(key) ? [value] : [key, value], [key, value]);
  }

  /** Records what an entry has as a whole, or that it is left out. */
  entry(values: unknown[], whole = values): void {
    const undo = this.mark();
    const name = this.#all(values, 1) ?? this.drain();
    if (name !== undefined) this.#leaveOut(whole, name, undo);
  }

  /** The class name of what cannot be kept in some values. Leaves no trace. */
  probe(values: unknown[]): string | undefined {
    const undo = this.mark();
    const name = this.#all(values, 1) ?? this.drain();
    undo();
    return name;
  }

  /** Returns what brings the tape back to where it is now. */
  protected mark(): () => void {
    const { tokens, refs, leftOut } = this.tape;
    const marks = [tokens.length, refs.length, leftOut.length, this.#owned.length] as const;
    const later = this.later.length;
    return () => {
      [tokens.length, refs.length, leftOut.length] = marks;
      this.later.length = Math.min(later, this.later.length);
      for (const object of this.#owned.splice(marks[3])) this.world.owners.delete(object);
    };
  }

  protected value(value: unknown, depth: number): string | undefined {
    switch (typeof value) {
      case 'function':
        return 'function';
      case 'symbol':
        if (!describeSymbol(value)) return 'symbol';
        break;
      case 'object':
        if (value !== null) return this.object(value, depth);
        break;
      default:
    }
    this.tape.tokens.push(value);
    return undefined;
  }

  protected object(object: object, depth: number): string | undefined {
    if (this.world.owners.get(object)) {
      this.refer(object);
      return undefined;
    }
    const doom = this.world.doomed.get(object);
    if (doom !== undefined) return doom;
    const shape = this.world.shapes.of(object);
    if (typeof shape === 'string') return shape;
    this.own(object);
    if (depth > DEEPEST) {
      this.postpone(object);
      return undefined;
    }
    return this.#define(object, shape, depth);
  }

  protected own(object: object): void {
    this.world.owners.add(object, this.tape);
    this.#owned.push(object);
  }

  protected refer(object: object): void {
    this.tape.tokens.push(REF, object);
    this.tape.refs.push(object);
  }

  protected postpone(object: object): void {
    this.tape.tokens.push(LATER, object);
    this.tape.refs.push(object);
    this.later.push(object);
  }

  /** Defines what was too deep. */
  protected drain(): string | undefined {
    for (let object = this.later.shift(); object; object = this.later.shift()) {
      const shape = this.world.shapes.of(object);
      const name = typeof shape === 'string' ? shape : this.#define(object, shape, 1);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  #define(object: object, shape: Shape, depth: number): string | undefined {
    this.tape.tokens.push(object, shape);
    const name = this.#contents(object, shape, depth);
    if (name !== undefined) this.world.doomed.set(object, name);
    return name;
  }

  #contents(object: object, shape: Shape, depth: number): string | undefined {
    const { tokens } = this.tape;
    switch (shape.kind) {
      case 'array':
        tokens.push((object as unknown[]).length);
        return this.#all(object as unknown[], depth + 1);
      case 'map':
        this.#entries(object as Map<unknown, unknown>, depth);
        return undefined;
      case 'set':
        this.#members(object as Set<unknown>, depth);
        return undefined;
      case 'leaf': {
        const said = readLeaf(object);
        tokens.push(said);
        return said === undefined ? shape.name : undefined;
      }
      case 'bytes':
        tokens.push(copyBytes(object));
        return undefined;
      case 'view': {
        const { buffer, byteOffset } = object as Uint8Array;
        tokens.push(byteOffset, lengthOf(object));
        return this.object(buffer, depth + 1);
      }
      case 'boxed':
        return this.value(object.valueOf(), depth);
      default:
        if (shape.kind === 'sparse') tokens.push((object as unknown[]).length);
        return this.#fields(object, shape, depth);
    }
  }

  #fields(object: object, shape: Shape, depth: number): string | undefined {
    for (const key of shape.keys) {
      const name = this.value(readField(object, key), depth + 1);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  #entries(map: Map<unknown, unknown>, depth: number): void {
    this.tape.tokens.push(map.size);
    eachOfMap.call(map, (value, key) => {
      this.#nested([key, value], depth);
    });
  }

  #members(set: Set<unknown>, depth: number): void {
    this.tape.tokens.push(set.size);
    eachOfSet.call(set, (element) => {
      this.#nested([element], depth);
    });
  }

  /** An entry within an entry. What is too deep in it is part of the outer one. */
  #nested(values: unknown[], depth: number): void {
    const undo = this.mark();
    const name = this.#all(values, depth + 1);
    if (name !== undefined) this.#leaveOut(values, name, undo);
  }

  #all(values: unknown[], depth: number): string | undefined {
    for (const value of values) {
      const name = this.value(value, depth);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  #leaveOut(values: unknown[], name: string, undo: () => void): void {
    undo();
    this.tape.tokens.push(OUT, ...values, name);
    this.tape.leftOut.push(name);
  }
}
