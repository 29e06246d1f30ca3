import { startTimer } from '../../session/timers.ts';
import { codeOf, isSameStamp, type FileStamp } from '../files/disk.ts';
import { isExpired, type Entry } from './file/entry.ts';

/** How often a failed write is tried again, in milliseconds. */
const RETRY_DELAY = 500;

/** How much is kept, in characters of text. */
const CAPACITY = 16 * 1024 * 1024;

/**
 * Writes that failed, because the disk is full or the like. Their callers were told; until the disk
 * takes them they are served from here and tried again. Another process's write overrules them, but for a
 * retirement. No more than 16 MB of text is kept: what comes then is as if it had never been asked for.
 */
export class UnsavedWrites {
  readonly #entries = new Map<string, { entry: Entry; replaces: FileStamp | undefined }>();
  readonly #store: (name: string) => void;
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param store stores what `get` gives for a name, or throws */
  constructor(store: (name: string) => void) {
    this.#store = store;
  }

  /**
   * Keeps a write that failed, in the place of an earlier one.
   *
   * @param replaces the version of the file that it did not replace
   * @returns `false` when there is no room for it
   */
  add(name: string, entry: Entry, replaces: FileStamp | undefined): boolean {
    this.delete(name);
    if (this.#size + sizeOf(entry) > CAPACITY) return false;
    this.#size += sizeOf(entry);
    this.#entries.set(name, { entry, replaces });
    this.#schedule();
    return true;
  }

  /** What is kept for a name, as long as its file is the version that it should have replaced. */
  get(name: string, current: FileStamp | undefined): Entry | undefined {
    const unsaved = this.#entries.get(name);
    if (!unsaved) return undefined;
    const { entry, replaces } = unsaved;
    const isOverruled = !entry.isRetired && !isSameStamp(replaces, current);
    if (!isOverruled && !isExpired(entry.expires)) return entry;
    this.delete(name);
    return undefined;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  delete(name: string): boolean {
    const kept = this.#entries.get(name);
    if (kept) this.#size -= sizeOf(kept.entry);
    return this.#entries.delete(name);
  }

  names(): Iterable<string> {
    return this.#entries.keys();
  }

  #schedule(): void {
    this.#timer ??= startTimer(() => {
      this.#timer = undefined;
      for (const [name] of this.#entries) {
        try {
          this.#store(name);
        } catch {
          // the caller knows since the first time; it is tried until it works
        }
      }
      if (this.#entries.size > 0) this.#schedule();
    }, RETRY_DELAY).unref();
  }
}

/** A retirement has no text, and always has room. */
function sizeOf({ text }: Entry): number {
  return text.length;
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
