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

/** What the form of a snapshot has to know of the app's classes. */
export interface Classes {
  /** The name of the class whose prototype it is; `undefined` for one that was not shown. */
  nameOf: (prototype: object) => string | undefined;
  /** The class of that name, if it was shown. */
  find: (name: string) => AppClass | undefined;
  /** The private fields of an instance, those of the classes that it extends among them. */
  privatesOf: (object: object) => PrivateFields[];
}

/** What the code that is added to modules calls. One in a process. */
export interface KeepReceiver {
  /**
   * A module was evaluated, and its importers are not yet.
   *
   * @param file absolute
   * @param classes those at its top, by their names; `undefined` for one that is not there after all
   */
  module: (file: string, bindings: Accessors, classes?: Record<string, unknown>) => void;
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
