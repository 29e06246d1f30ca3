import type { Container } from './container.ts';
import type { Form, Opened } from '../kinds/open-shapes.ts';
import { isOfEmitter } from '../kinds/open-shapes.ts';
import { findObstacle } from '../kinds/shapes.ts';
import type { OpenShape, Tape } from './tape.ts';
import { CUT, DEEP, DEEPEST, isObject, PASS, UNREAD } from './tape.ts';
import { Walk } from './walk.ts';
import type { World } from './world.ts';

/** What a walk comes by that has a place of its own. */
export interface Found {
  container: (object: object, form: Form, tape: Tape, path: string[]) => Container;
}

/** Records what a binding reaches through fields only. */
export class OpenWalk extends Walk {
  readonly #found: Found;
  readonly #path: string[];
  #deep: { object: object; path: string[] }[] = [];

  constructor(world: World, tape: Tape, found: Found, path: string[] = []) {
    super(world, tape);
    this.#found = found;
    this.#path = [...path];
  }

  /** Records the value of a binding. */
  root(value: unknown): void {
    const name = this.#open(value, 1);
    if (name !== undefined) this.#passOver(value, name);
    this.#drainOpen();
  }

  /** Records some fields of an object. */
  members(object: object, keys: string[]): void {
    for (const key of keys) this.#field(object, key, 1);
    this.#drainOpen();
  }

  #drainOpen(): void {
    for (let next = this.#deep.shift(); next; next = this.#deep.shift()) {
      this.#path.splice(0, this.#path.length, ...next.path);
      const opened = this.world.open(next.object);
      if (isObject(opened)) this.#define(next.object, opened, 1);
    }
  }

  #open(value: unknown, depth: number): string | undefined {
    if (!isObject(value)) return this.value(value, depth);
    const owner = this.world.owners.get(value);
    if (owner?.isOpen) {
      this.refer(value);
      return undefined;
    }
    const opened = this.world.open(value);
    if (typeof opened === 'string') return opened;
    if (owner) {
      // It stood in an entry so far, and is defined here from now on.
      owner.isDirty = true;
      this.world.isUnsettled = true;
      this.world.release(value);
    }
    if (opened === undefined) return this.#closed(value);
    this.own(value);
    if (depth > DEEPEST) {
      this.postpone(value);
      this.later = [];
      this.#deep.push({ object: value, path: [...this.#path] });
    } else {
      this.#define(value, opened, depth);
    }
    return undefined;
  }

  /** What is written as it is within an entry: all of it, or nothing. */
  #closed(value: object): string | undefined {
    const undo = this.mark();
    let name = this.value(value, 1);
    if (name === undefined && this.later.length > 0) {
      undo();
      this.tape.tokens.push(DEEP);
      name = this.value(value, 1) ?? this.drain();
    }
    if (name !== undefined) undo();
    return name;
  }

  #define(object: object, { shape, form }: Opened, depth: number): void {
    this.tape.tokens.push(object, shape);
    if (shape.kind === 'open') this.#fieldsOf(object, shape as OpenShape, depth);
    else for (const key of shape.keys) this.#field(object, key, depth + 1);
    if (!form) return;
    if (form === 'fields') {
      const symbols = Object.getOwnPropertySymbols(object).length;
      for (let i = 0; i < symbols; i++) this.tape.passedOver.push('symbol key');
    }
    this.tape.tokens.push(CUT, this.#found.container(object, form, this.tape, [...this.#path]));
    this.tape.found.push(object);
  }

  #fieldsOf(object: object, { own, privates }: OpenShape, depth: number): void {
    for (const key of own) {
      if (typeof key === 'string') this.#field(object, key, depth + 1);
      else if (!isOfEmitter(object, key)) this.tape.passedOver.push('symbol key');
    }
    for (const { names, read } of privates) {
      for (const [i, value] of read(object).entries()) {
        this.#valueOf(names[i] ?? '', value, depth + 1);
      }
    }
  }

  #field(object: object, key: string, depth: number): void {
    if (!this.world.isUnread(object, key)) {
      this.#valueOf(key, (object as never)[key], depth);
      return;
    }
    const obstacle = findObstacle(object, key);
    this.tape.tokens.push(PASS, UNREAD, obstacle);
    if (obstacle !== undefined) this.tape.passedOver.push(obstacle);
  }

  #valueOf(key: string, value: unknown, depth: number): void {
    this.#path.push(key);
    const name = this.#open(value, depth);
    this.#path.pop();
    if (name !== undefined) this.#passOver(value, name);
  }

  #passOver(value: unknown, name: string): void {
    this.tape.tokens.push(PASS, value, name);
    this.tape.passedOver.push(name);
  }
}
