import type { Difference } from './content-hashes.ts';

/** How long a burst of saves may pause and still be one change, in milliseconds. */
const PAUSE = 15;

/** A file that is written without a pause is no burst: how long to wait for its end, in milliseconds. */
const LONGEST = 500;

/** Saves that follow each other closely: an editor that writes twice, a `git checkout`. */
export class Burst {
  readonly #onEnd: (paths: string[], since: number) => void;
  /** The files that were saved, with what they had before and have now. */
  readonly #files = new Map<string, Difference>();
  #since = 0;
  #isCertain = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param onEnd hears which files have changed, and when the first of them was noticed */
  constructor(onEnd: (paths: string[], since: number) => void) {
    this.#onEnd = onEnd;
  }

  /** @param isCertain whether it is a change whatever follows */
  add(path: string, { before, now }: Difference, isCertain: boolean): void {
    if (this.#files.size === 0) this.#since = Date.now();
    this.#files.set(path, { before: this.#files.get(path)?.before ?? before, now });
    this.#isCertain ||= isCertain;
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#since + LONGEST - Date.now());
    this.#timer = setTimeout(() => this.#end(), Math.min(PAUSE, left));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    // One that was moved away and is back with what it had has not changed.
    const changed = [...this.#files].filter(([, { before, now }]) => before !== now);
    const files = changed.length === 0 && this.#isCertain ? [...this.#files] : changed;
    this.#files.clear();
    this.#isCertain = false;
    if (files.length > 0)
      this.#onEnd(
        files.map(([path]) => path),
        this.#since,
      );
  }
}
