import { randomBytes } from 'node:crypto';
import { createDebug } from 'obug';
import { sayOnce, type Say } from '../../session/display/say-once.ts';
import type { StorageOptions } from '../../storage/options.ts';
import { checkLeft, FORM, type Left } from '../graph/text.ts';
import { isKept, noteProcess, PROCESS_KEY } from './first-process.ts';
import {
  FORGOTTEN_KEY,
  isForgotten,
  readForgotten,
  withoutForgotten,
  type Forgotten,
} from './forgotten.ts';
import { findPlaces, openPlace, toAppHash, type Place } from './place.ts';

const debug = createDebug('holdover:state');

export interface RunsOptions {
  /** Those of the project, resolved. State lies in the session directory, whatever sessions are kept in. */
  storage: StorageOptions;
  /** The entry, or the root of Vite, from the project root, with `/`. */
  app: string;
  /** Says a sentence to the person at the terminal, each once. */
  say: Say;
}

/** Which run writes, and which one did before it. */
export interface Head {
  app: string;
  /** The run that has written last: only it may write. */
  run: string;
  before?: string | undefined;
}

/** Under both the same: one that is damaged does not cost all. */
const HEAD_KEYS = ['head', 'copy of head'];
const OTHER_KEYS = [PROCESS_KEY, FORGOTTEN_KEY];

/**
 * Opens the state of an app: what its last run has left, and where this one writes.
 *
 * @throws Error, in one sentence, when the session directory or its key cannot be used
 */
export function openRuns(options: RunsOptions): Runs {
  return new Runs(openPlace(options.storage, { app: options.app, version: FORM }), options);
}

/**
 * The runs of an app, one after the other. Each is one text, which is replaced in one step: whatever kills the
 * process, the last one is whole. A run counts from its first snapshot on: the run before it never writes
 * again while the later one lives, and says nothing. So a second start of the app that fails takes nothing from
 * the first.
 */
export class Runs {
  readonly #place: Place;
  readonly #options: RunsOptions;
  readonly #say: Say;
  readonly #run = randomBytes(6).toString('base64url');
  /** The run whose text was there when this one began. */
  #before: string | undefined;
  #hasBegun = false;
  #hasWritten = false;
  #isOver = false;
  #isPutOff = false;
  /** The last request to forget that counted when this run began. */
  #begunWith = 0;
  #ahead: FoundRun | undefined;

  constructor(place: Place, options: RunsOptions) {
    this.#place = place;
    this.#options = options;
    this.#say = sayOnce(options.say);
  }

  /** Whether a command has removed everything: this run keeps nothing more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether a snapshot waits for a disk that takes it. */
  get isPutOff(): boolean {
    return this.#isPutOff;
  }

  /**
   * Reads what `previous` will need, as far as it is there by now: for a process that waits while another one
   * runs. Nothing is said.
   */
  readAhead(): void {
    this.#ahead = readRun(this.#place, readHead(this.#place));
  }

  /**
   * Begins this run, the first time, and reads what the last one has left: undefined when there is nothing.
   * What could not be read is said.
   *
   * @throws Error when the disk cannot be read
   */
  previous(): Left | undefined {
    if (this.#hasBegun) return undefined;
    this.#hasBegun = true;
    const place = this.#place;
    const head = readHead(place);
    this.#before = head?.run;
    const found = readRun(place, head, this.#ahead);
    this.#ahead = undefined;
    const forgotten = readForgotten(place);
    this.#begunWith = forgotten.last;
    this.#sayFaults(head, found?.isOlder === true || found === undefined);
    try {
      noteProcess(place);
    } catch (error) {
      debug('the process is not noted: %o', error); // as on a full disk
    }
    return found && honour(found, forgotten);
  }

  /** Whether a binding was forgotten since this run began: nothing of it is kept until the app is started again. */
  isForgotten(): (key: string) => boolean {
    const forgotten = readForgotten(this.#place);
    return (key) => isForgotten(forgotten, this.#begunWith, key);
  }

  /**
   * Writes the snapshot of now. What the disk does not take is put off, which is said once; the last snapshot
   * stays whole meanwhile. Never throws.
   *
   * @param text without what is forgotten
   */
  write(text: string): void {
    try {
      if (this.#isOver || !this.#mayWrite()) return;
      const place = this.#place;
      const { last } = readForgotten(place);
      place.set(this.#run, `{"at":${Date.now()},"honoured":${last},"left":${text}}`);
      if (!this.#hasWritten) this.#claim();
      this.#isPutOff = false;
    } catch (error) {
      debug('put off: %o', error);
      this.#isPutOff = true;
      const { code = (error as Error).message } = error as NodeJS.ErrnoException;
      this.#say(
        `State could not be stored in ${this.#options.storage.displayDirectory} (${code}). It is tried again until it works; what was stored before stays. Make room on the disk.`,
      );
    }
  }

  /** Resolves when what is written outlasts a power cut. */
  settled(): Promise<void> {
    return this.#place.settled();
  }

  /** From now on this run is the one that counts. What is older than the run before it is removed. */
  #claim(): void {
    const place = this.#place;
    const head = readHead(place);
    writeHead(place, { app: this.#options.app, run: this.#run, before: head?.run });
    this.#hasWritten = true;
    // A run that was killed before it counted has left its text, too.
    const known = [...HEAD_KEYS, ...OTHER_KEYS, this.#run, ...(head ? [head.run] : [])];
    for (const name of place.othersThan(known)) place.removeOther(name);
  }

  /**
   * Whether this run may write: no other one has written since it began, or the process of that one is gone.
   * Where the head has gone, a command has removed everything.
   */
  #mayWrite(): boolean {
    const run = readHead(this.#place)?.run;
    const isLast = run === (this.#hasWritten ? this.#run : this.#before);
    if (isLast) return true;
    this.#isOver ||= run === undefined;
    if (this.#isOver || isKept(this.#place)) return false;
    this.#hasWritten = false;
    noteProcess(this.#place);
    return true;
  }

  #sayFaults(head: Head | undefined, isMissing: boolean): void {
    if (!isMissing) return;
    const { app, storage } = this.#options;
    const keys = head ? [head.run] : HEAD_KEYS;
    const why = keys.map((key) => this.#place.whyNot(key)).find((reason) => reason !== undefined);
    const others = findPlaces(storage).filter(({ appHash }) => appHash === toAppHash(app));
    if (why)
      this.#say(
        `What was kept of ${app} cannot be read (${why}): the app begins with what was kept before, or with what its code makes.`,
      );
    else if (others.some((other) => other.version !== FORM && readHead(other.place)))
      this.#say(
        `The state of ${app} was kept by another version of holdover, in another form: it is left as it is, and the app starts with what its code makes. \`holdover clear --state\` removes it.`,
      );
  }
}

/** What a run has left, and when it was written. */
export interface FoundRun {
  text: string;
  left: Left;
  /** Milliseconds since the epoch. */
  at: number;
  /** Up to which number of `Forgotten` it has left out what is to be forgotten. */
  honoured: number;
  /** Whether it is of the run before, since the last one cannot be read. */
  isOlder: boolean;
}

export function readHead(place: Place): Head | undefined {
  for (const key of HEAD_KEYS) {
    const text = place.get(key);
    if (text !== undefined) return JSON.parse(text) as Head;
  }
  return undefined;
}

function writeHead(place: Place, head: Head): void {
  for (const key of HEAD_KEYS) place.set(key, JSON.stringify(head));
}

/**
 * Reads the last run, or the one before it where the last one cannot be read.
 *
 * @param ahead what was read before, which is used where the text is the same
 */
export function readRun(
  place: Place,
  head: Head | undefined,
  ahead?: FoundRun,
): FoundRun | undefined {
  for (const run of head ? [head.run, head.before] : []) {
    const text = run === undefined ? undefined : place.get(run);
    if (text === undefined) continue;
    const found = parseRun(text, ahead);
    if (found) return { ...found, isOlder: run !== head?.run };
  }
  return undefined;
}

function parseRun(
  text: string,
  ahead: Partial<FoundRun> | undefined,
): Omit<FoundRun, 'isOlder'> | undefined {
  const known = ahead?.text === text ? (ahead as FoundRun) : undefined;
  if (known) return known;
  try {
    const { at, honoured, left } = JSON.parse(text) as {
      at: number;
      honoured: number;
      left: unknown;
    };
    const parsed = checkLeft(left);
    return parsed && { text, left: parsed, at, honoured };
  } catch {
    return undefined;
  }
}

/** Returns what a found run has left, without what was forgotten since. */
export function honour({ left, honoured }: FoundRun, forgotten: Forgotten): Left {
  return withoutForgotten(left, (key) => isForgotten(forgotten, honoured, key));
}
