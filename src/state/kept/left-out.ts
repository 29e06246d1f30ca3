import type { Say } from '../../session/display/say-once.ts';

/** By the key of a binding and the class name: how many. */
type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Says what cannot be kept of bindings: once for each class, whatever their number is later. */
export class LeftOut {
  readonly #say: Say;
  readonly #told = new Set<string>();

  constructor(say: Say) {
    this.#say = say;
  }

  /**
   * @param entries of collections, which are left out as a whole
   * @param fields that stay what the code makes of them
   */
  tell(entries: Counts, fields: Counts): void {
    this.#each(entries, (key, name, count) => {
      this.#say(`${key}: ${count} ${count === 1 ? 'entry' : 'entries'} left out (${name}).`);
    });
    this.#each(fields, (key, name, count) => {
      if (name !== 'getter') return; // as a store of mobx has nothing else
      this.#say(
        `${key}: ${count} ${count === 1 ? 'field is a getter and is' : 'fields are getters and are'} not kept.`,
      );
    });
  }

  #each(counts: Counts, say: (key: string, name: string, count: number) => void): void {
    for (const [key, classes] of counts) {
      for (const [name, count] of classes) {
        const about = `${key} ${name}`;
        if (this.#told.has(about)) continue;
        this.#told.add(about);
        say(key, name, count);
      }
    }
  }
}
