import { randomBytes } from 'node:crypto';
import type { Binding, Classes } from '../binding.ts';
import { Kept } from './tapes/kept.ts';
import { Encoder } from './texts/encoder.ts';
import { drain, Recording } from './tapes/recording.ts';
import type { Part, Tape } from './tapes/tape.ts';
import { PASS } from './tapes/tape.ts';
import { World } from './tapes/world.ts';

/** What a pass has found. */
export interface Changes {
  /** The texts of parts that are new, or are others than before. */
  put: Map<string, string>;
  /** Names of parts that are no longer there. */
  drop: string[];
  /** By the key of the binding and the class name: how many entries are left out as of now. */
  leftOut: Map<string, Map<string, number>>;
  /** The same of fields that are passed over, and stay what the code makes of them. */
  passedOver: Map<string, Map<string, number>>;
  /** The length of all texts, of those that stay, too. */
  bytes: number;
}

export interface RecorderOptions {
  /** Ids of objects that are met more than once, no two alike in all runs. @default random ones */
  nextId?: () => string;
}

/**
 * Gives the texts of bindings, and then of what has changed in them. Data is only read: no getter,
 * `toJSON` or method of it is called. What a comparison alone does not see, until something else
 * near it changes: a field that has become a getter, and a new field with a symbol or hidden.
 */
export class Recorder {
  readonly #world: World;
  readonly #recording: Recording;
  readonly #encoder: Encoder;
  readonly #kept: Map<string, Kept>;
  #leftOut: Changes['leftOut'] = new Map();
  #passedOver: Changes['passedOver'] = new Map();

  constructor(classes: Classes, options: RecorderOptions = {}) {
    this.#world = new World(classes, options.nextId ?? uniqueIds());
    this.#recording = new Recording(this.#world);
    this.#encoder = new Encoder((object) => this.#world.idOf(object));
    this.#kept = this.#recording.kept;
  }

  /**
   * Looks at bindings, and gives what has changed since the last pass. It stops between pieces of a
   * few hundred entries; who reads it to its end at once has a single moment of the data. Bindings
   * that are not given stay as they were. One pass at a time; one that is given up loses nothing.
   */
  *pass(bindings: Iterable<Binding>): Generator<void, Changes, void> {
    yield* this.#recording.record([...bindings].map((binding) => this.#keep(binding)));
    return yield* this.#encode();
  }

  /** Looks at a binding as a pass does; the next pass gives all texts of it. */
  note(binding: Binding): void {
    drain(this.#recording.record([this.#keep(binding)]));
  }

  /** Whether a binding differs from what was seen last. */
  changed(binding: Binding): boolean {
    const kept = this.#kept.get(binding.key);
    if (!kept) return true;
    kept.binding = binding;
    return this.#recording.differs(kept);
  }

  /** Lets go of a binding. The next pass names its parts among those that are no longer there. */
  forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept) this.#recording.release(kept);
  }

  /** Gives an object the id that it had in the last run. To be called before it is looked at. */
  identify(object: object, id: string): void {
    this.#world.identify(object, id);
  }

  #keep(binding: Binding): Kept {
    let kept = this.#kept.get(binding.key);
    if (!kept) this.#kept.set(binding.key, (kept = new Kept(binding)));
    kept.binding = binding;
    return kept;
  }

  *#encode(): Generator<void, Changes, void> {
    const put = new Map<string, string>();
    const done: [Part, number][] = [];
    const all = new Set<Part>();
    for (const [part, toText] of this.#texts()) {
      all.add(part);
      if (!part.isStale) continue;
      const text = toText();
      if (text === undefined) continue;
      if (text !== '') put.set(part.name, text);
      done.push([part, text.length]);
      yield;
    }
    const { gone } = this.#recording;
    for (const [part, length] of done) {
      if (length === 0) this.#recording.drop(part);
      Object.assign(part, { length, isStale: false });
    }
    for (const { name, length } of all) if (length > 0) gone.delete(name);
    const drop = [...gone];
    gone.clear();
    const bytes = [...all].reduce((sum, { length }) => sum + length, 0);
    if (done.length + drop.length > 0) {
      this.#leftOut = this.#count((tape) => tape.leftOut);
      this.#passedOver = this.#count((tape) => tape.passedOver);
    }
    return { put, drop, leftOut: this.#leftOut, passedOver: this.#passedOver, bytes };
  }

  /** All parts, and what gives their texts: an empty one for no part, none to keep what is there. */
  *#texts(): Generator<[Part, () => string | undefined], void> {
    for (const { root, containers } of this.#kept.values()) {
      const isEmpty = root.tokens[0] === PASS;
      yield [root.part, () => (isEmpty ? '' : this.#encoder.value(root))];
      for (const container of containers.values()) {
        if (!container.isCut) continue;
        for (const chunk of container.chunks) {
          yield [chunk.tape.part, () => this.#encoder.chunk(container, chunk)];
        }
      }
    }
  }

  #count(namesOf: (tape: Tape) => string[]): Map<string, Map<string, number>> {
    const counts = new Map<string, Map<string, number>>();
    for (const [key, kept] of this.#kept) {
      const ofKey = new Map<string, number>();
      for (const tape of kept.tapes()) {
        for (const name of namesOf(tape)) ofKey.set(name, (ofKey.get(name) ?? 0) + 1);
      }
      if (ofKey.size > 0) counts.set(key, ofKey);
    }
    return counts;
  }
}

function uniqueIds(): () => string {
  let prefix: string | undefined;
  let count = 0;
  return () => {
    prefix ??= randomBytes(6).toString('base64url');
    return `${prefix}.${(count++).toString(36)}`;
  };
}
