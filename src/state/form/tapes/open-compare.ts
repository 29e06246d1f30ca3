import type { OpenShape, Shape, Tape } from './tape.ts';
import { isPlainPrimitive, OUT, PASS, UNREAD } from './tape.ts';
import { ValueComparison } from './compare.ts';
import type { Chunk, Container } from './container.ts';

const getOfMap = Map.prototype.get;

/** Compares what bindings have with the tapes of it. */
export class Comparison extends ValueComparison {
  /** Whether the value of a binding is what the tape has. */
  value(tape: Tape, value: unknown): boolean {
    this.rewind(tape);
    return this.same(value) && this.drain();
  }

  /** Whether the members of a chunk are what its tape has. */
  chunk({ object, form }: Container, { keys, tape }: Chunk): boolean {
    this.rewind(tape);
    for (const key of keys) {
      if (form === 'fields') {
        if (!this.#field(object, key as string)) return false;
      } else {
        const isEntry = form === 'map';
        if (!isEntry && isPlainPrimitive(key)) continue;
        const value: unknown = isEntry && getOfMap.call(object, key);
        if (!this.#entry(key, value, isEntry) || !this.drain()) return false;
      }
    }
    return this.drain();
  }

  #entry(key: unknown, value: unknown, isEntry: boolean): boolean {
    if (this.tokens[this.at] === OUT) return this.out(isEntry ? [key, value] : [key]);
    if (!isEntry) return this.same(key);
    return (isPlainPrimitive(key) || this.same(key)) && this.same(value);
  }

  /** A field that is passed over: whether it holds the same, and cannot be kept still. */
  protected override passed(value: unknown): boolean {
    const known = this.tokens[this.at++];
    this.at++;
    if (known !== value) return false;
    if (typeof value !== 'object' || value === null) return true;
    const opened = this.world.open(value);
    return typeof opened === 'string' || (opened === undefined && !this.canBeKept([value]));
  }

  #field(object: object, key: string): boolean {
    const at = this.at;
    if (this.tokens[at] !== PASS || this.tokens[at + 1] !== UNREAD) {
      return this.same((object as never)[key]);
    }
    this.at += 3;
    const field = Object.getOwnPropertyDescriptor(object, key);
    return field !== undefined && this.world.isUnread(object, key);
  }

  protected override open(object: object, shape: Shape): boolean {
    if (shape.kind === 'open') return this.#openFields(object, shape as OpenShape);
    this.at += 2;
    return Object.getPrototypeOf(object) === shape.prototype && !hasHoles(object);
  }

  #openFields(object: object, shape: OpenShape): boolean {
    if (Object.getPrototypeOf(object) !== shape.prototype) return false;
    const own = Reflect.ownKeys(object);
    if (own.length !== shape.own.length) return false;
    for (const [i, key] of own.entries()) {
      if (key !== shape.own[i]) return false;
      if (typeof key === 'string' && !this.#field(object, key)) return false;
    }
    for (const privates of shape.privates) {
      for (const value of privates.read(object)) if (!this.same(value)) return false;
    }
    if (shape.form) this.at += 2;
    return true;
  }
}

function hasHoles(object: object): boolean {
  if (!Array.isArray(object)) return false;
  for (let i = 0; i < object.length; i++) {
    if (object[i] === undefined && !(i in object)) return true;
  }
  return false;
}
