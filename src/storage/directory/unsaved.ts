import { startTimer } from '../../session/timers.ts';
import { codeOf, isSameStamp, type FileStamp } from '../files/disk.ts';
import { isExpired, type Entry } from './file/record-file.ts';

/** How often a failed write is tried again, in milliseconds. */
const RETRY_DELAY = 500;

/** How much is kept, in characters of text. */
const CAPACITY = 16 * 1024 * 1024;

/**
 * Writes that failed, because the disk is full or the like. Their callers were told; until the disk
 * takes them they are served from here and tried again. Another process's write overrules a record, and
 * no retirement. No more than 16 MB of text is kept: what comes then is as if it had never been asked for.
 */
export class UnsavedWrites {
  readonly #entries = new Map<string, { entry: Entry; replaces: FileStamp | undefined }>();
  /** When the names end to be refused that could not be retired. */
  readonly #retired = new Map<string, number>();
  readonly #store: (name: string) => void;
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param store stores what is kept for a name, or throws */
  constructor(store: (name: string) => void) {
    this.#store = store;
  }

  /**
   * Keeps a record that could not be stored, in the place of an earlier one.
   *
   * @param replaces the version of the file that it did not replace
   * @returns `false` when there is no room for it
   */
  add(name: string, entry: Entry, replaces: FileStamp | undefined): boolean {
    this.delete(name);
    if (this.#size + entry.text.length > CAPACITY) return false;
    this.#size += entry.text.length;
    this.#entries.set(name, { entry, replaces });
    this.#schedule();
    return true;
  }

  /** Refuses a name that could not be retired. */
  retire(name: string, until: number): void {
    this.delete(name);
    this.#retired.set(name, until);
    this.#schedule();
  }

  /** When a name ends to be refused that could not be retired; `undefined` for all others. */
  retiredUntil(name: string): number | undefined {
    const until = this.#retired.get(name);
    if (until === undefined || !isExpired(until)) return until;
    this.#retired.delete(name);
    return undefined;
  }

  /** Forgets a retirement: it is stored now, or lifted. */
  revive(name: string): void {
    this.#retired.delete(name);
  }

  /** The record that is kept for a name, as long as its file is the version that it should have replaced. */
  get(name: string, current: FileStamp | undefined): Entry | undefined {
    const unsaved = this.#entries.get(name);
    if (!unsaved) return undefined;
    const { entry, replaces } = unsaved;
    if (isSameStamp(replaces, current) && !isExpired(entry.expires)) return entry;
    this.delete(name);
    return undefined;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  delete(name: string): boolean {
    this.#size -= this.#entries.get(name)?.entry.text.length ?? 0;
    return this.#entries.delete(name);
  }

  names(): Iterable<string> {
    return this.#entries.keys();
  }

  #schedule(): void {
    this.#timer ??= startTimer(() => {
      this.#timer = undefined;
      for (const name of [...this.#retired.keys(), ...this.#entries.keys()]) {
        try {
          this.#store(name);
        } catch {
          // the caller knows since the first time; it is tried until it works
        }
      }
      if (this.#retired.size + this.#entries.size > 0) this.#schedule();
    }, RETRY_DELAY).unref();
  }
}

/** What the caller of a write that failed is told: the directory and the code are in it. */
export function toWriteError(
  directory: string,
  cause: unknown,
  isKept: boolean,
): NodeJS.ErrnoException {
  const code = codeOf(cause);
  const next = isKept
    ? 'It is kept in memory and stored as soon as that works.'
    : 'What was stored before stays; make room on the disk.';
  const error: NodeJS.ErrnoException = new Error(
    `The session could not be stored in ${directory}${code ? ` (${code})` : ''}. ${next}`,
    { cause },
  );
  if (code) error.code = code;
  error.path = directory;
  return error;
}
