import { isExpired, type Entry } from './file/record-file.ts';
import { toHeader } from './file/header.ts';
import { locate, removeIfOver, removeVersions, type Located } from './file/versions.ts';
import type { Layout } from './layout.ts';
import type { RecordReader } from './record-reader.ts';
import { isInForce, readRetirement } from './retired.ts';
import type { Stage } from './stage/stage.ts';
import type { UnsavedWrites } from './unsaved.ts';

/** Stands for a name that is refused. */
export const RETIRED = Symbol('retired');

/**
 * What counts under each name of a session directory: that it is retired, what could not be stored yet, or a
 * version of its file. What does not count any more goes when it is met.
 */
export class RecordsInForce {
  readonly #layout: Layout;
  readonly #stage: Stage;
  readonly #reader: RecordReader;
  readonly #unsaved: UnsavedWrites;

  constructor(layout: Layout, stage: Stage, reader: RecordReader, unsaved: UnsavedWrites) {
    this.#layout = layout;
    this.#stage = stage;
    this.#reader = reader;
    this.#unsaved = unsaved;
  }

  /** @param located the version of its file that counted a moment ago */
  read(name: string, located: Located | undefined): Entry | typeof RETIRED | undefined {
    if (this.#unsaved.retiredUntil(name)) return RETIRED;
    // After the record was looked for: what was stored while its name was retired does not count.
    const retirement = readRetirement(this.#layout, name);
    if (retirement) {
      if (isInForce(retirement)) return this.clearRetired(name);
      const isLeft = ({ stamp }: Located): boolean => stamp.mtimeMs <= retirement.until;
      if (located && isLeft(located)) return void removeIfOver(this.#layout, name, isLeft);
    }
    const unsaved = this.#unsaved.get(name, located?.stamp);
    if (unsaved) return unsaved;
    const entry = this.#reader.read(name, located);
    if (entry && isExpired(entry.expires)) return void this.removeExpired(name);
    return entry;
  }

  /** Removes what stands under a name, but no retirement; `false` when nothing did. */
  remove(name: string): boolean {
    this.#stage.forget(name);
    const wasThere = removeVersions(this.#layout, name);
    this.#reader.forget(name);
    return this.#unsaved.delete(name) || wasThere;
  }

  /** Removes what stands under a name and has expired; `false` when something stands there after it. */
  removeExpired(name: string): boolean {
    const located = locate(this.#layout, name);
    if (this.#unsaved.get(name, located?.stamp)) return false;
    return removeIfOver(this.#layout, name, (one) => isExpired(toHeader(one)?.expires ?? 0));
  }

  /** Removes what stands under a name if that is retired on the disk; whether it is. */
  removeIfRetired(name: string): boolean {
    const retirement = readRetirement(this.#layout, name);
    if (!retirement || !isInForce(retirement)) return false;
    this.clearRetired(name);
    return true;
  }

  /** What is left under a retired name does not count, and goes. */
  clearRetired(name: string): typeof RETIRED {
    try {
      this.remove(name);
    } catch {
      // It goes at another time: nothing depends on it.
    }
    return RETIRED;
  }
}
