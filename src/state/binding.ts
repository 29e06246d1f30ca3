/** A place in the app's memory that is kept. */
export interface Binding {
  /** `server/storage.ts#storage`: the file from the project root, with `/`, and the name in it. */
  key: string;
  get: () => unknown;
  /** Of `let` and `var` only. */
  set?: ((value: unknown) => void) | undefined;
}

/** The bindings of a module, by their names. */
export type Accessors = Record<string, Pick<Binding, 'get' | 'set'>>;

/** A class of the app, which instances are known by. */
export type AppClass = abstract new (...args: never[]) => object;

/** How the private fields of a class are reached: from within it. */
export interface PrivateFields {
  /** With their `#`. */
  names: string[];
  has: (object: object) => boolean;
  /** Their values, in the order of the names. */
  read: (object: object) => unknown[];
  write: (object: object, index: number, value: unknown) => void;
}

/**
 * What may be classes, by their names: `Room`, or `./room#Room` for what a module imports from there. Reading one
 * throws where the imported module is not evaluated yet.
 */
export type ShownClasses = Record<string, () => unknown>;

/** What the code that is added to modules calls. One in a process. */
export interface KeepReceiver {
  /**
   * A module was evaluated, and its importers are not yet.
   *
   * @param file absolute
   * @param bindings all variables at its top: their values tell which are data
   */
  module: (file: string, bindings: Accessors, classes?: ShownClasses) => void;
  /** A class of a kept module is defined. */
  privates: (
    of: AppClass,
    names: string[],
    has: PrivateFields['has'],
    read: PrivateFields['read'],
    write: PrivateFields['write'],
  ) => void;
  /** A named function of a kept module has declared some bindings, and goes on after this. */
  call: (file: string, functionName: string, bindings: Accessors) => void;
}

/** Where added code finds the receiver: on `globalThis`. */
export const KEEP: unique symbol = Symbol.for('holdover.keep.1') as never;
