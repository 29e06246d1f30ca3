import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** A file that is being written anew is empty for a moment: when to read it again, in milliseconds. */
const EMPTY_FOR = 80;

const EMPTY = toHash('');

/** What a file had, and what it has now; `undefined` when it is not there. */
export interface Difference {
  before: string | undefined;
  now: string | undefined;
}

/** The content of files, as the running app may have loaded it. */
export class Contents {
  readonly #contents = new Map<string, string | undefined>();
  /** One look at a file after the other: an older one must not be taken for newer. */
  readonly #looks = new Map<string, Promise<unknown>>();

  has(path: string): boolean {
    return this.#contents.has(path);
  }

  /** Whether the file was there when it was looked at last. */
  isThere(path: string): boolean {
    return this.#contents.get(path) !== undefined;
  }

  /** Looks at a file for the first time. */
  async remember(path: string): Promise<void> {
    this.#contents.set(path, undefined);
    await this.#inTurn(path, async () => {
      this.#contents.set(path, await readHash(path));
    });
  }

  /** Looks again. @returns what has changed, if anything has */
  compare(path: string): Promise<Difference | undefined> {
    return this.#inTurn(path, async () => {
      const before = this.#contents.get(path);
      let now = await readHash(path);
      if (now === EMPTY && before !== EMPTY) {
        await setTimeout(EMPTY_FOR);
        now = await readHash(path);
      }
      if (this.#contents.has(path) && before === now) return undefined;
      this.#contents.set(path, now);
      return { before, now };
    });
  }

  #inTurn<T>(path: string, look: () => Promise<T>): Promise<T> {
    const turn = (this.#looks.get(path) ?? Promise.resolve()).then(look);
    this.#looks.set(path, turn);
    void turn.then(() => {
      if (this.#looks.get(path) === turn) this.#looks.delete(path);
    });
    return turn;
  }
}

async function readHash(path: string): Promise<string | undefined> {
  try {
    return toHash(await readFile(path));
  } catch {
    return undefined; // not there, or not readable: the app will say so
  }
}

function toHash(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
