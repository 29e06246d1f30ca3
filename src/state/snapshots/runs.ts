import { createDebug } from 'obug';
import { sayOnce, type Say } from '../../session/display/say-once.ts';
import type { StorageOptions } from '../../storage/options.ts';
import { addChanges, hasChanges, type Changes } from './changes.ts';
import { isForgotten, readForgotten } from './records/forgotten.ts';
import { HEAD_KEYS, readHead, toNextHead, writeHead, type Head } from './records/head.ts';
import { toBindingKey, toManifestKeys, type Facts } from './records/manifest.ts';
import { findPlaces, openPlace, toAppHash, type Place } from './records/place.ts';
import { sayFaults, whyNothing } from './say-faults.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { Writer } from './writer.ts';

const debug = createDebug('holdover:state');

export interface RunsOptions {
  /** Those of the project, resolved. State lies in the session directory, whatever sessions are kept in. */
  storage: StorageOptions;
  /** The entry, or the root of Vite, from the project root, with `/`. */
  app: string;
  /** Of the form of the texts. What another version has written is left as it is, and said. */
  version: number;
  /** Says a sentence to the person at the terminal, each once. */
  say: Say;
}

/**
 * Opens the state of an app: what its last run has left, and where this one writes. Nothing is claimed yet.
 *
 * @throws Error, in one sentence, when the session directory or its key cannot be used
 */
export function openRuns(options: RunsOptions): Runs {
  return new Runs(openPlace(options.storage, options), options);
}

/**
 * The runs of an app, one after the other. Each reads the last snapshot there is and then writes its own:
 * a part is never changed, but replaced by one under another key, and a snapshot counts when the list of its
 * parts is written, in one step. Whatever kills the process, the last snapshot is whole. A run that a later
 * one has followed never writes again, and says nothing.
 */
export class Runs {
  readonly #place: Place;
  readonly #options: RunsOptions;
  readonly #say: Say;
  /** What was read of parts, by their keys: those never get another text. */
  readonly #known = new Map<string, string>();
  #head: Head | undefined;
  #isClaimed = false;
  #isOver = false;
  #snapshot: Snapshot | undefined;
  #writer: Writer | undefined;
  /** The last request to forget that counted when this run began. */
  #begunWith = 0;
  #putOff: Changes = { put: new Map(), drop: [] };

  constructor(place: Place, options: RunsOptions) {
    this.#place = place;
    this.#options = options;
    this.#say = sayOnce(options.say);
  }

  /** Whether a later run of the app has begun, or somebody has removed everything: this one is done. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether changes wait for a disk that takes them. */
  get isPutOff(): boolean {
    return hasChanges(this.#putOff);
  }

  /**
   * Reads what `previous` will need, as far as it is there by now: for a process that waits while another
   * one runs. Nothing is claimed, and nothing is said.
   *
   * @throws Error when the disk cannot be read
   */
  readAhead(): Snapshot | undefined {
    return readSnapshot(this.#place, readHead(this.#place), this.#known);
  }

  /**
   * Begins this run, the first time, and reads what the last one has left: `undefined` when there is
   * nothing. Whatever ran before never writes again. To be called when there is something to keep, before
   * it is put back. What could not be read is said.
   *
   * @throws Error when the disk cannot be read
   */
  previous(): Snapshot | undefined {
    if (!this.#head) this.#begin();
    return this.#snapshot;
  }

  /**
   * Writes changes at once, as `write` does.
   *
   * @param facts of bindings; those of others stay as long as they have parts
   */
  commit(changes: Changes, facts: Facts): void {
    const work = this.write(changes, facts);
    while (!work.next().done);
  }

  /**
   * Writes the next snapshot: the one before it, with these changes. The first parts of a binding take the
   * place of all that the last run has left of it. Others may have a turn whenever it
   * yields, but no other writing. What the disk does not take is put off, which is said once, and written
   * with the next changes; the last snapshot stays whole meanwhile. Never throws.
   */
  *write(changes: Changes, facts: Facts): Generator<void, void> {
    addChanges(this.#putOff, changes);
    try {
      yield* this.#write(facts);
      this.#putOff = { put: new Map(), drop: [] };
    } catch (error) {
      debug('put off: %o', error);
      const { code = (error as Error).message } = error as NodeJS.ErrnoException;
      this.#say(
        `State could not be stored in ${this.#options.storage.displayDirectory} (${code}). It is tried again until it works; what was stored before stays. Make room on the disk.`,
      );
    }
  }

  /** Resolves when what is written outlasts a power cut, and what it has replaced is removed. */
  async settled(): Promise<void> {
    await this.#writer?.settled();
  }

  #begin(): void {
    const place = this.#place;
    const reason = readHead(place) ? undefined : whyNothing(place, HEAD_KEYS);
    const head = toNextHead(place, this.#options.app);
    const isClaimed = this.#claim(head);
    // From here on the last run writes nothing more.
    const found = readSnapshot(place, head, this.#known);
    this.#begunWith = readForgotten(place).last;
    this.#known.clear();
    this.#snapshot = found;
    this.#writer = new Writer(place, head.claimed, found, () => this.#isLast());
    this.#head = head;
    this.#isClaimed = isClaimed;
    if (found) sayFaults(this.#say, found.faults);
    else this.#sayNothing(head, reason);
  }

  /** Where the disk does not take it, this process sees it all the same, and stores it before anything else. */
  #claim(head: Head): boolean {
    try {
      writeHead(this.#place, head);
      return true;
    } catch (error) {
      debug('claimed in memory only: %o', error);
      return false;
    }
  }

  *#write(facts: Facts): Generator<void, void> {
    if (this.#isOver || (!this.#head && !this.isPutOff)) return; // there is nothing to keep
    this.previous();
    if (!this.#isLast()) return;
    if (!this.#isClaimed) writeHead(this.#place, this.#head as Head);
    this.#isClaimed = true;
    const forgotten = readForgotten(this.#place);
    // What was in memory when it was asked for stays forgotten until the app is started again.
    const isKept = (name: string): boolean =>
      !isForgotten(forgotten, this.#begunWith, toBindingKey(name));
    yield* (this.#writer as Writer).write(this.#putOff, facts, {
      isKept,
      honoured: forgotten.last,
    });
  }

  /** Whether no later run has begun. Where the claim of this one has gone, somebody has removed it. */
  #isLast(): boolean {
    this.#isOver ||= readHead(this.#place)?.claimed !== this.#head?.claimed;
    return !this.#isOver;
  }

  #sayNothing(head: Head, reason: string | undefined): void {
    const { app, version, storage } = this.#options;
    const why = reason ?? whyNothing(this.#place, head.before.flatMap(toManifestKeys));
    if (why) {
      this.#say(
        `The state that was kept of ${app} cannot be read (${why}): it starts with what its code makes.`,
      );
    }
    const others = findPlaces(storage).filter(({ appHash }) => appHash === toAppHash(app));
    if (!why && others.some((other) => other.version !== version && readHead(other.place))) {
      this.#say(
        `The state of ${app} was kept by another version of holdover, in another form: it is left as it is, and the app starts with what its code makes. \`holdover clear --state\` removes it.`,
      );
    }
  }
}
