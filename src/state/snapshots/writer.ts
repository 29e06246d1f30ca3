import { createHash } from 'node:crypto';
import { createDebug } from 'obug';
import { toLeft, type Changes } from './changes.ts';
import { FORGOTTEN_KEY } from './records/forgotten.ts';
import { HEAD_KEYS } from './records/head.ts';
import {
  mergeFacts,
  toBindingKey,
  toManifestKey,
  toManifestKeys,
  type Facts,
  type Manifest,
  type StoredPart,
} from './records/manifest.ts';
import type { Place } from './records/place.ts';
import type { FoundSnapshot } from './snapshot.ts';
import { sweep } from './sweep.ts';

const debug = createDebug('holdover:state');

/** What must not be written, because it is to be forgotten. */
export interface Filter {
  /** Whether a part, or the facts of a binding, stays. */
  isKept: (name: string) => boolean;
  /** Up to which request that is so. */
  honoured: number;
}

type Parts = Map<string, StoredPart>;

/** Writes the snapshots of one run, and removes what no snapshot needs any more. */
export class Writer {
  readonly #place: Place;
  readonly #run: string;
  readonly #isLast: () => boolean;
  /** Of the last snapshot. */
  #parts: Parts;
  /** The bindings of which this run has written parts. */
  #bindings = new Set<string>();
  /** As JSON: the objects belong to who has given them. */
  #facts: string;
  #honoured: number;
  #number = 0;
  /** How many parts this run has written. */
  #count = 0;
  /** Keys that are needed no more, and the first snapshot that does not. */
  #replaced: { key: string; by: number }[] = [];
  /** Which snapshot of this run outlasts a power cut. */
  #settled = 0;
  #settling = Promise.resolve();

  /**
   * @param base what the last run has left: what is not changed of it stays where it is
   * @param isLast whether no later run has begun
   */
  constructor(place: Place, run: string, base: FoundSnapshot | undefined, isLast: () => boolean) {
    this.#place = place;
    this.#run = run;
    this.#isLast = isLast;
    this.#parts = new Map(base?.stored);
    this.#facts = JSON.stringify(base?.facts ?? {});
    this.#honoured = base?.manifest.honoured ?? 0;
  }

  /**
   * Writes the next snapshot, if it differs from the last one. The first parts of a binding take the place
   * of all that the last run has left of it.
   *
   * @param facts of bindings; those of others stay as long as they have parts
   * @throws Error when the disk does not take it: then nothing of it is left, and the last one is as it was
   */
  *write(changes: Changes, facts: Facts, { isKept, honoured }: Filter): Generator<void, void> {
    const written: string[] = [];
    const put = new Map([...changes.put].filter(([name]) => isKept(name)));
    const bindings = new Set(Array.from(put.keys(), toBindingKey));
    const isNew = (name: string): boolean => {
      const key = toBindingKey(name);
      return bindings.has(key) && !this.#bindings.has(key);
    };
    const next = toLeft(this.#parts, { ...changes, put }, (name) => isKept(name) && !isNew(name));
    try {
      for (const [name, text] of put) {
        next.set(name, this.#toPart(name, text, written));
        yield;
      }
      const last = JSON.parse(this.#facts) as Facts;
      const nextFacts = mergeFacts(last, facts, next.keys(), isKept);
      const differs = this.#differs(next, nextFacts, honoured);
      if (differs && !this.#isLast()) return this.#removeAll(written);
      if (differs) this.#writeManifest(next, nextFacts, honoured, written);
      for (const key of bindings) this.#bindings.add(key);
      if (!differs) return;
    } catch (error) {
      this.#removeAll(written);
      throw error;
    }
    yield* this.#letGo(next);
  }

  /** Resolves when what is written outlasts a power cut, and older runs are removed. */
  async settled(): Promise<void> {
    await this.#settling;
  }

  /** What is stored already is not stored again. */
  #toPart(name: string, text: string, written: string[]): StoredPart {
    const hash = toHash(text);
    const stored = this.#parts.get(name);
    if (stored?.hash === hash) return stored;
    const key = `${this.#run}/${this.#count++}`;
    written.push(key);
    this.#place.set(key, text);
    return { key, hash, size: text.length };
  }

  #differs(parts: Parts, facts: Facts, honoured: number): boolean {
    return (
      honoured !== this.#honoured ||
      parts.size !== this.#parts.size ||
      [...parts].some(([name, { key }]) => this.#parts.get(name)?.key !== key) ||
      JSON.stringify(facts) !== this.#facts
    );
  }

  /** When this returns, the next snapshot is the last one, and takes the place of the one before that. */
  #writeManifest(parts: Parts, facts: Facts, honoured: number, written: string[]): void {
    const run = this.#run;
    const number = this.#number + 1;
    const key = toManifestKey(run, number);
    const manifest: Manifest = {
      run,
      number,
      at: Date.now(),
      facts,
      honoured,
      parts: Object.fromEntries(parts),
    };
    written.push(key); // what stands there is the older of two
    this.#place.set(key, JSON.stringify(manifest));
    this.#number = number;
    this.#facts = JSON.stringify(facts);
    this.#honoured = honoured;
  }

  /** Removes what neither the last two snapshots need nor one that a power cut may still bring back. */
  *#letGo(parts: Parts): Generator<void, void> {
    const by = this.#number;
    const needed = new Set(toKeys(parts));
    const replaced = toKeys(this.#parts).filter((key) => !needed.has(key));
    this.#parts = parts;
    const isUnneeded = (one: { by: number }): boolean => one.by < by && one.by <= this.#settled;
    const unneeded = this.#replaced.filter(isUnneeded);
    this.#replaced = this.#replaced.filter((one) => !isUnneeded(one));
    this.#replaced.push(...replaced.map((key) => ({ key, by })));
    this.#settling = this.#settle(by);
    for (const { key } of unneeded) {
      this.#removeAll([key]);
      yield;
    }
  }

  /** The first snapshot that outlasts a power cut ends what older runs have left. */
  async #settle(number: number): Promise<void> {
    try {
      await this.#place.settled();
      const isFirst = this.#settled === 0;
      this.#settled = number;
      if (isFirst) await sweep(this.#place, this.#toKeys(), this.#isLast);
    } catch (error) {
      debug('settle: %o', error); // with the next snapshot, or by the next run
    }
  }

  /** Of all that is needed. */
  #toKeys(): string[] {
    const replaced = this.#replaced.map(({ key }) => key);
    const own = [...HEAD_KEYS, FORGOTTEN_KEY, ...toManifestKeys(this.#run)];
    return [...own, ...toKeys(this.#parts), ...replaced];
  }

  #removeAll(keys: string[]): void {
    for (const key of keys) {
      try {
        this.#place.remove(key);
      } catch (error) {
        debug('left behind: %o', error); // the next run removes it
      }
    }
  }
}

function toKeys(parts: Parts): string[] {
  return Array.from(parts.values(), ({ key }) => key);
}

function toHash(text: string): string {
  return createHash('sha1').update(text).digest('base64url');
}
