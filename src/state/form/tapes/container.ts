import type { Form } from '../kinds/open-shapes.ts';
import type { Part } from './tape.ts';
import { HEAVIEST, LARGEST, Tape } from './tape.ts';

/** Some of the members of a collection. */
export interface Chunk {
  /** Keys of a Map, elements of a Set or an array, names of fields. */
  keys: unknown[];
  tape: Tape;
  /** Whether it is a part of its own. */
  isPart: boolean;
}

/** A collection, or an object with many fields, that a binding reaches through fields only. */
export class Container {
  readonly object: object;
  readonly form: Form;
  /** The tape that has the collection itself. */
  owner: Tape;
  /** The fields that lead to an object with many fields. */
  path: string[] | undefined;
  chunks: Chunk[] = [];
  /** Whether the chunks are parts of their own. Otherwise one stands within the part of the owner. */
  isCut = false;
  readonly #newPart: () => Part;
  /** Whether the chunks have fewer members than they may, because those have much in them. */
  #isHeavy = false;
  #removed: Chunk[] | undefined;

  constructor(object: object, form: Form, owner: Tape, newPart: () => Part) {
    this.object = object;
    this.form = form;
    this.owner = owner;
    this.#newPart = newPart;
  }

  /**
   * Deals the members that are there now to the chunks. Those that have others than before are
   * dirty. What was removed or has moved leaves the other chunks as they are.
   */
  align(): void {
    const live = this.#live();
    const weight = this.chunks.reduce((sum, { tape }) => sum + tape.tokens.length, 0);
    this.#isHeavy &&= weight > HEAVIEST / 2;
    const isLarge = this.#isHeavy || live.length > (this.isCut ? LARGEST / 2 : LARGEST);
    const isThin = !this.#isHeavy && this.chunks.length > 4 + (2 * live.length) / LARGEST;
    if (isLarge !== this.isCut || this.chunks.length === 0 || isThin) {
      this.#remove(...this.chunks);
      this.isCut = isLarge;
      this.chunks = this.#split(live);
      this.owner.part.isStale = true;
    } else if (!this.isAligned(live)) {
      this.#merge(live);
    }
  }

  /** Cuts a chunk behind some of its members, because they are enough. Returns the rest of it. */
  divide(chunk: Chunk, count: number): Chunk {
    this.#isHeavy = true;
    if (!this.isCut) {
      this.isCut = true;
      chunk.isPart = true;
      chunk.tape.part = this.#newPart();
    }
    const rest = {
      keys: chunk.keys.slice(count),
      tape: new Tape(this.#newPart(), false),
      isPart: true,
    };
    chunk.keys = chunk.keys.slice(0, count);
    this.chunks = this.chunks.flatMap((one) => (one === chunk ? [chunk, rest] : [one]));
    this.owner.part.isStale = true;
    return rest;
  }

  /** The chunks that are no longer there, once. */
  takeRemoved(): Chunk[] {
    const removed = this.#removed ?? [];
    this.#removed = undefined;
    return removed;
  }

  clear(): void {
    this.#remove(...this.chunks.splice(0));
  }

  /** Whether the chunks have the members that are there now. */
  isAligned(live = this.#live()): boolean {
    let at = 0;
    for (const { keys } of this.chunks) {
      if (at + keys.length > live.length) return false;
      for (const key of keys) if (!Object.is(key, live[at++])) return false;
    }
    return at === live.length;
  }

  #merge(live: unknown[]): void {
    const before = this.chunks.flatMap(({ keys }) => keys);
    let positions: Map<unknown, number> | undefined;
    let at = 0;
    let position = 0;
    const isNew = (key: unknown): boolean => {
      if (Object.is(key, before[position]) || Object.is(key, before[position + 1])) return false;
      positions ??= new Map(before.map((known, i) => [known, i]));
      return (positions.get(key) ?? -1) < position;
    };
    const lists = this.chunks.map(({ keys }) => {
      const mine: unknown[] = [];
      for (const end = position + keys.length; position < end; position++) {
        // What was put in joins those around it; what is skipped has gone.
        while (at < live.length && isNew(live[at])) mine.push(live[at++]);
        if (at < live.length && Object.is(live[at], before[position])) mine.push(live[at++]);
      }
      return mine;
    });
    const last = lists.at(-1);
    const room = this.isCut ? Math.max(LARGEST - (last?.length ?? 0), 0) : live.length;
    for (const end = Math.min(at + room, live.length); at < end; at++) last?.push(live[at]);
    const chunks = this.chunks.flatMap((chunk, index) => this.#change(chunk, lists[index] ?? []));
    if (at < live.length) chunks.push(...this.#split(live.slice(at)));
    const isSameList =
      chunks.length === lists.length && chunks.every((it, i) => it === this.chunks[i]);
    this.chunks = chunks;
    if (!isSameList) this.owner.part.isStale = true;
  }

  /** The chunk with these members; others beside it if they are too many, none if there are none. */
  #change(chunk: Chunk, keys: unknown[]): Chunk[] {
    const { keys: before, tape } = chunk;
    if (keys.length === before.length && keys.every((key, i) => Object.is(key, before[i]))) {
      return [chunk];
    }
    if (keys.length === 0 && this.isCut) {
      this.#remove(chunk);
      return [];
    }
    tape.isDirty = true;
    if (!this.isCut || keys.length <= 2 * LARGEST) {
      chunk.keys = keys;
      return [chunk];
    }
    chunk.keys = keys.slice(0, LARGEST);
    return [chunk, ...this.#split(keys.slice(LARGEST))];
  }

  #split(keys: unknown[]): Chunk[] {
    const isOpen = this.form === 'fields';
    if (!this.isCut)
      return [{ keys: [...keys], tape: new Tape(this.owner.part, isOpen), isPart: false }];
    const chunks: Chunk[] = [];
    for (let at = 0; at < keys.length; at += LARGEST) {
      const tape = new Tape(this.#newPart(), isOpen);
      chunks.push({ keys: keys.slice(at, at + LARGEST), tape, isPart: true });
    }
    return chunks;
  }

  #remove(...chunks: Chunk[]): void {
    this.#removed = [...(this.#removed ?? []), ...chunks];
  }

  #live(): unknown[] {
    switch (this.form) {
      case 'map':
        return [...(Map.prototype.keys.call(this.object) as Iterable<unknown>)];
      case 'set':
        return [...(Set.prototype.values.call(this.object) as Iterable<unknown>)];
      case 'array':
        return this.object as unknown[];
      default:
        return Object.getOwnPropertyNames(this.object);
    }
  }
}
