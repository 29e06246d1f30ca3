import type { Chunk, Container } from './container.ts';
import type { Kept } from './kept.ts';
import { Comparison } from './open-compare.ts';
import { recordEntries, recordFields, recordRoot } from './record.ts';
import type { Part } from './tape.ts';
import type { World } from './world.ts';

/** How much is looked at in one go: some milliseconds. */
const WORK = 4096;

/** Brings the tapes of bindings up to what is there now. */
export class Recording {
  /** By the keys of their bindings. */
  readonly kept = new Map<string, Kept>();
  /** Names of parts that were given out and are no longer there. */
  readonly gone = new Set<string>();
  readonly #world: World;
  readonly #comparison: Comparison;
  /** How many members and tokens were looked at since the last stop. */
  #work = 0;

  constructor(world: World) {
    this.#world = world;
    this.#comparison = new Comparison(world);
  }

  /**
   * Looks at some bindings, piece by piece, and then at all that refer to what has changed. What is
   * reached through fields comes first, so that entries refer to it.
   */
  *record(looked: Kept[]): Generator<void, void, void> {
    this.#world.refresh();
    yield* this.#lookAtFields(looked, true);
    this.#settleFields();
    yield* this.#lookAtEntries(looked, true);
    for (let round = 1; this.#markAffected(false); round++) {
      // At last in one piece, so that the app changes nothing meanwhile.
      if (round < 5) yield* this.#lookAgain();
      else drain(this.#lookAgain());
    }
    this.#world.lost = [];
    this.#world.isUnsettled = false;
  }

  *#lookAgain(): Generator<void, void, void> {
    const all = [...this.kept.values()];
    yield* this.#lookAtFields(all, false);
    this.#settleFields();
    yield* this.#lookAtEntries(all, false);
  }

  /** Until all that is reached through fields is defined there. */
  #settleFields(): void {
    while (this.#markAffected(true)) drain(this.#lookAtFields([...this.kept.values()], false));
  }

  /** Whether a binding differs from its tapes. */
  differs(kept: Kept): boolean {
    this.#world.refresh();
    if (!this.#comparison.value(kept.root, kept.read())) return true;
    for (const container of kept.containers.values()) {
      if (!container.isAligned()) return true;
      if (!container.chunks.every((chunk) => this.#comparison.chunk(container, chunk))) return true;
    }
    return false;
  }

  /** Lets go of all that a binding has. */
  release(kept: Kept): void {
    for (const tape of kept.tapes()) {
      this.#world.disown(tape);
      this.drop(tape.part);
    }
    this.kept.delete(kept.binding.key);
  }

  /** Notes that a part is no longer there. */
  drop(part: Part): void {
    if (part.length > 0) this.gone.add(part.name);
  }

  /** Marks tapes that refer to what is defined nowhere. Returns whether any of them is dirty. */
  #markAffected(isOpen: boolean): boolean {
    if (!this.#world.isUnsettled) return false;
    this.#world.lost = this.#world.lost.filter((object) => !this.#world.owners.get(object));
    const lost = new Set(this.#world.lost);
    let isAny = false;
    for (const kept of this.kept.values()) {
      isAny ||= !isOpen && kept.hasNew;
      for (const tape of kept.tapes()) {
        if (isOpen && !tape.isOpen) continue;
        if (lost.size > 0) tape.isDirty ||= tape.refs.some((object) => lost.has(object));
        isAny ||= tape.isDirty;
      }
    }
    return isAny;
  }

  *#lookAtEntries(looked: Kept[], isFirst: boolean): Generator<void, void, void> {
    const dirty: [Container, Chunk][] = [];
    for (const kept of looked) {
      for (const container of kept.containers.values()) {
        if (container.form === 'fields') continue;
        this.#align(container, isFirst);
        for (const chunk of container.chunks) {
          if (isFirst) this.#compare(container, chunk);
          if (this.#isDue(chunk)) yield;
        }
        for (const chunk of this.#dirtyOf(container)) dirty.push([container, chunk]);
      }
    }
    // All of them before the first: what has moved among them is no one's then.
    for (const [, { tape }] of dirty) this.#world.disown(tape);
    for (const [container, chunk] of dirty) {
      let rest = recordEntries(this.#world, container, chunk);
      for (; rest; rest = recordEntries(this.#world, container, rest)) yield;
      if (this.#isDue(chunk)) yield;
    }
  }

  *#lookAtFields(looked: Kept[], isFirst: boolean): Generator<void, void, void> {
    for (const kept of looked) {
      yield* this.#lookAtRoot(kept, isFirst);
      if (!kept.isUnswept) continue;
      for (const chunk of kept.sweep()) this.#remove(chunk);
    }
  }

  *#lookAtRoot(kept: Kept, isFirst: boolean): Generator<void, void, void> {
    const { root } = kept;
    const value = isFirst || root.isDirty ? kept.read() : undefined;
    root.isDirty ||= isFirst && !this.#comparison.value(root, value);
    if (root.isDirty) recordRoot(this.#world, kept, value);
    yield;
    // Those that are found on the way are looked at, too.
    for (const container of kept.containers.values()) {
      if (container.form !== 'fields') continue;
      const before = container.chunks;
      this.#align(container, isFirst);
      for (const chunk of container.chunks) {
        if (isFirst) this.#compare(container, chunk);
        if (this.#isDue(chunk)) yield;
      }
      kept.isUnswept ||= before !== container.chunks;
      for (const chunk of this.#dirtyOf(container)) {
        recordFields(this.#world, kept, container, chunk);
        if (this.#isDue(chunk)) yield;
      }
    }
  }

  #align(container: Container, isFirst: boolean): void {
    if (isFirst || container.chunks.length === 0) container.align();
  }

  #compare(container: Container, chunk: Chunk): void {
    chunk.tape.isDirty ||= !this.#comparison.chunk(container, chunk);
  }

  /** The chunks to be recorded, after they were compared. */
  #dirtyOf(container: Container): Chunk[] {
    for (const chunk of container.takeRemoved()) this.#remove(chunk);
    return container.chunks.filter(({ tape }) => tape.isDirty);
  }

  /** Whether it is time to stop for a moment. */
  #isDue({ keys, tape }: Chunk): boolean {
    this.#work += keys.length + tape.tokens.length + 1;
    if (this.#work < WORK) return false;
    this.#work = 0;
    return true;
  }

  #remove({ tape, isPart }: Chunk): void {
    this.#world.disown(tape);
    if (isPart) this.drop(tape.part);
  }
}

/** Does all that is left. */
export function drain(pieces: Generator<void, unknown, void>): void {
  while (pieces.next().done !== true);
}
