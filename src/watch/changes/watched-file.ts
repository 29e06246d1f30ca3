import { createHash } from 'node:crypto';
import { readFileSync, statSync, type Stats } from 'node:fs';
import { toChangeTime } from './change-time.ts';

/** A file that is being written anew is empty for a moment: how long at the most, in milliseconds. */
const EMPTY_FOR = 400;

/** What a file had, and what it has now, as hashes; `undefined` when it is not there. */
export interface Difference {
  before: string | undefined;
  now: string | undefined;
}

interface Seen {
  hash: string;
  stats: Stats;
}

/** A file that cannot be read at the moment: nobody knows what is in it, or whether it is there. */
const UNREADABLE = Symbol('unreadable');

/** No file has this for its hash. */
const UNKNOWN = '';
const EMPTY = toHash('');

/** A file as the running app may have loaded it. */
export class WatchedFile {
  readonly path: string;
  /** The last run that has loaded it; none when it counts by its name only. */
  run: number | undefined;
  /** Whether it was not to be found the last time, or not to be read. */
  isAway = false;
  /** Whether it came after the app had started: what the app has made itself it may delete. */
  isYoung = false;
  /** Whether it was saved after the app may have read it: it may have been too late. */
  isLate = false;
  readonly #loadedSince: number;
  #hash: string | undefined;
  #changeTime = 0;
  /** When it was first seen with this content and change time, in milliseconds since the epoch. */
  #seenAt = Infinity;
  #isRead = false;
  #emptySince: number | undefined;

  /**
   * @param loadedSince the app may have read it at any time since then, in milliseconds since the epoch;
   * `undefined` for one that was not there
   */
  constructor(path: string, loadedSince: number | undefined) {
    this.path = path;
    this.#loadedSince = loadedSince ?? 0;
    this.#isRead = loadedSince === undefined;
  }

  /** Whether it was there when it was looked at last. */
  get isThere(): boolean {
    return this.#hash !== undefined;
  }

  /** What a save without a change looks like; `undefined` where it is not there, or may be empty for a moment. */
  get unchanged(): Difference | undefined {
    if (!this.isThere || this.#emptySince !== undefined) return undefined;
    return { before: this.#hash, now: this.#hash };
  }

  /** Says that the app may have loaded something else: whatever is there now is a change. */
  outdate(): void {
    this.isLate = false;
    if (this.isThere) this.#hash = UNKNOWN;
  }

  /**
   * Looks at the file: the first time for what it has, later for what has changed.
   *
   * @returns what has changed, if anything is known to have
   */
  look(): Difference | undefined {
    const seen = this.#see();
    this.isAway = seen === undefined || seen === UNREADABLE;
    if (seen === UNREADABLE || this.#isEmptied(seen?.hash)) return undefined;
    const before = this.#hash;
    const now = seen?.hash;
    if (!this.#isAsSeen(seen)) this.#seenAt = Date.now();
    this.#hash = now;
    this.#changeTime = toChangeTime(seen?.stats);
    if (this.#isRead) return before === now ? undefined : { before, now };
    this.#isRead = true;
    this.isYoung = !seen || seen.stats.birthtimeMs > this.#loadedSince;
    this.isLate = seen !== undefined && seen.stats.mtimeMs > this.#loadedSince;
    return undefined;
  }

  /** Whether it was seen as it is before a moment, in milliseconds since the epoch, and not written again. */
  isAsSeenBefore(moment: number): boolean {
    const seen = this.#see();
    return seen !== UNREADABLE && this.#isAsSeen(seen) && this.#seenAt < moment;
  }

  #isAsSeen(seen: Seen | undefined): boolean {
    return seen?.hash === this.#hash && toChangeTime(seen?.stats) === this.#changeTime;
  }

  /** Whether it has lost its content just now. */
  #isEmptied(now: string | undefined): boolean {
    if (now !== EMPTY || this.#hash === EMPTY || !this.#isRead) this.#emptySince = undefined;
    else this.#emptySince ??= Date.now();
    return this.#emptySince !== undefined && Date.now() - this.#emptySince < EMPTY_FOR;
  }

  #see(): Seen | undefined | typeof UNREADABLE {
    try {
      // Nothing can be loaded from a folder, and whoever opens a pipe waits.
      if (!statSync(this.path).isFile()) return undefined;
      const hash = toHash(readFileSync(this.path));
      // After the content: a save in between shows in the time.
      return { hash, stats: statSync(this.path) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : UNREADABLE;
    }
  }
}

function toHash(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
