import type { Say } from '../../session/display/say-once.ts';
import type { Binding, Classes } from '../binding.ts';
import { encodeDatabase, hasChanged, isMemoryDatabase, restoreDatabase } from './databases.ts';

/** What the last run has left of a database. */
export interface DatabaseRecord {
  /** The name of the part that has it. */
  part: string;
  /** The key of the binding. */
  key: string;
  /** The fields that lead to it from the binding's value; empty for the value itself. */
  path: string[];
  text: string;
}

/** Where databases are found. */
export interface DatabaseBindings {
  readonly classes: Classes;
  /** Of all that is kept. */
  keys: () => string[];
  /** The binding of that key, as the newest code has made it. */
  find: (key: string) => Binding | undefined;
}

/**
 * The databases in what is kept. Rows are put back as soon as a binding is there, and once more before the
 * first request, when the app has made all its tables; what is recorded stays as it is until then.
 */
export class KeptDatabases {
  readonly #bindings: DatabaseBindings;
  readonly #say: Say;
  /** What was not put back yet. */
  #records: DatabaseRecord[] = [];
  /** What was put back, until the start is over. */
  readonly #fresh = new Map<object, DatabaseRecord>();
  /** By the key of the binding that it is the value of. */
  readonly #current = new Map<string, object>();
  /** Whether somebody may have been told of rows that are there. */
  #isLate = false;

  constructor(bindings: DatabaseBindings, say: Say) {
    this.#bindings = bindings;
    this.#say = say;
  }

  readonly isSpecial = isMemoryDatabase;

  /** Whether a database differs from what was last encoded, and can be encoded now. */
  readonly hasChanged = (database: object): boolean =>
    !this.#fresh.has(database) && hasChanged(database);

  /** As `encodeDatabase`. */
  readonly encode = (database: object): string | undefined =>
    this.#fresh.get(database)?.text ?? encodeDatabase(database);

  /** Something that the last run has left. */
  add(record: DatabaseRecord): void {
    this.#records.push(record);
  }

  /** Whether a part was not put back, because its database is not there. */
  isWaiting(part: string): boolean {
    return this.#records.some((record) => record.part === part);
  }

  /** To be called when bindings are there, or there anew: a database then gets the rows of the one before. */
  putBack(): void {
    for (const key of this.#bindings.keys()) this.#moveTo(key);
    this.#placeAll();
  }

  #moveTo(key: string): void {
    const value = this.#bindings.find(key)?.get();
    const former = this.#current.get(key);
    if (isMemoryDatabase(value)) this.#current.set(key, value);
    if (!former || !isMemoryDatabase(value) || former === value) return;
    const text = this.encode(former);
    this.#fresh.delete(former);
    if (text !== undefined) this.#restore(value, { key, path: [], text }, false);
  }

  /**
   * Puts back once more what was changed since, the first time it is called, and puts rows into databases
   * that were not there yet. To be called before the first request, and from then on before each snapshot.
   *
   * @param isAsked whether nobody has been told of what late code has made since
   */
  endStart(isAsked: boolean): void {
    this.#isLate ||= !isAsked;
    this.#placeAll();
    for (const [database, record] of this.#fresh) this.#restore(database, record);
    this.#fresh.clear();
    this.#isLate = true;
  }

  #placeAll(): void {
    this.#records = this.#records.filter((record) => !this.#place(record));
  }

  /** @returns whether its database is there */
  #place(record: DatabaseRecord): boolean {
    const binding = this.#bindings.find(record.key);
    const database = binding && this.#follow(binding.get(), record.path);
    if (!isMemoryDatabase(database)) return false;
    restoreDatabase(database, record.text, this.#isLate);
    this.#fresh.set(database, record);
    return true;
  }

  #restore(
    database: object,
    { key, path, text }: Omit<DatabaseRecord, 'part'>,
    isLate: boolean = this.#isLate,
  ): void {
    const { notes } = restoreDatabase(database, text, isLate);
    for (const note of notes) this.#say(`${[key, ...path].join('.')}: ${note}`);
  }

  /** Calls no getter. */
  #follow(value: unknown, path: string[]): unknown {
    let at = value;
    for (const name of path) {
      if (typeof at !== 'object' || at === null) return undefined;
      at = name.startsWith('#')
        ? this.#readPrivate(at, name)
        : Object.getOwnPropertyDescriptor(at, name)?.value;
    }
    return at;
  }

  #readPrivate(object: object, name: string): unknown {
    for (const fields of this.#bindings.classes.privatesOf(object)) {
      const index = fields.names.indexOf(name);
      if (index >= 0) return fields.read(object)[index];
    }
    return undefined;
  }
}
