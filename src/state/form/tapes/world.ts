import type { Classes } from '../../binding.ts';
import { AppClasses } from '../kinds/app-classes.ts';
import type { Opened } from '../kinds/open-shapes.ts';
import { isOfEmitter, openShape } from '../kinds/open-shapes.ts';
import { findObstacle, Shapes } from '../kinds/shapes.ts';
import type { Tape } from './tape.ts';

/** The most objects in one of the maps: a larger one would stop the app while it grows. */
const SHARD = 131_072;

/** Which tape defines an object. */
export class Owners {
  /** The last one takes what is new. */
  readonly #shards: Map<object, Tape>[] = [new Map()];
  #newest = this.#shards[0] as Map<object, Tape>;

  get(object: object): Tape | undefined {
    const shards = this.#shards;
    for (let i = shards.length - 1; i >= 0; i--) {
      const owner = shards[i]?.get(object);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  /** For an object that has none. */
  add(object: object, tape: Tape): void {
    if (this.#newest.size >= SHARD) {
      this.#newest = this.#shards.find((shard) => shard.size < SHARD / 2) ?? new Map();
      if (!this.#shards.includes(this.#newest)) this.#shards.push(this.#newest);
    }
    this.#newest.set(object, tape);
  }

  delete(object: object): void {
    for (const shard of this.#shards) if (shard.delete(object)) return;
  }
}

/** What all tapes of a recorder share. */
export class World {
  readonly owners = new Owners();
  readonly #shown: Classes;
  readonly #classes: AppClasses;
  readonly #nextId: () => string;
  readonly #ids = new WeakMap<object, string>();
  shapes: Shapes;
  /** Objects that have an id, and were let go of. */
  lost: object[] = [];
  /** Whether other tapes than those that were looked at may have to be recorded. */
  isUnsettled = false;
  /** Objects that lead to what cannot be kept, with its class name; of this pass. */
  doomed = new Map<object, string>();

  constructor(classes: Classes, nextId: () => string) {
    this.#shown = classes;
    this.#classes = new AppClasses(classes);
    this.#nextId = nextId;
    this.shapes = new Shapes(this.#classes);
  }

  /** To be called before anything is looked at anew. */
  refresh(): void {
    this.shapes = new Shapes(this.#classes);
    this.doomed = new Map();
  }

  /** How an object is written that is reached through fields only. */
  open(object: object): Opened | string | undefined {
    return openShape(object, this.shapes, this.#classes, this.#shown.privatesOf);
  }

  /** Whether a field of such an object must not be read. */
  isUnread(object: object, key: string): boolean {
    return findObstacle(object, key) !== undefined || isOfEmitter(object, key);
  }

  idOf(object: object): string | undefined {
    return this.#ids.get(object);
  }

  identify(object: object, id: string): void {
    this.#ids.set(object, id);
  }

  /** Gives ids to what a tape refers to, so that who defines it writes them. */
  share(tape: Tape): void {
    for (const object of tape.refs) {
      if (this.#ids.has(object)) continue;
      this.#ids.set(object, this.#nextId());
      const owner = this.owners.get(object);
      if (owner) owner.part.isStale = true;
    }
  }

  /** Lets go of all that a tape defines. */
  disown(tape: Tape): void {
    for (const token of tape.tokens) {
      if (typeof token !== 'object' || token === null) continue;
      if (this.owners.get(token) === tape) this.release(token);
    }
  }

  /** Lets go of an object that some tape defines. */
  release(object: object): void {
    this.owners.delete(object);
    if (!this.#ids.has(object)) return;
    this.lost.push(object);
    this.isUnsettled = true;
  }
}
