import type { Options } from '../../src/options.ts';

/** What an entry keeps, by the verbs of its framework: a text under each key. */
export interface Kept {
  /**
   * Keeps a text under a new key, and gives the key.
   *
   * @param ttl in the unit of the framework; @default as long as the entry keeps it by itself
   */
  add(text: string, ttl?: number): Promise<string>;
  /** Keeps another text under a key. */
  change(key: string, text: string): Promise<void>;
  /** What is under a key; `undefined` when nothing is. */
  read(key: string): Promise<string | undefined>;
  /** Ends what is under a key: a logout, a removal. */
  end(key: string): Promise<void>;
}

/** An entry, as the contract of all entries sees it. */
export interface Entry {
  /** The packages of its framework, which importing it may load. */
  packages: string[];
  /** The unit in which its framework says how long something lasts, in milliseconds; none where it does not. */
  unit?: number;
  /** Whether its framework makes the keys: then one that was ended is refused, and otherwise it may be used again. */
  refusesEnded: boolean;
  /** Opens it with options, as an app does. */
  open(options: Options): Kept;
}
