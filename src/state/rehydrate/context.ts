import type { ShownClasses } from './classes/classes.ts';

/** A private field of an old object: its name, with `#`, and its value. */
export type OldPrivate = [name: string, value: unknown];

/** What putting back one binding shares with the others of a start. */
export interface PutBackContext {
  classes: ShownClasses;
  /** What of the old graph has its content in an object of the new code now, and in which. */
  replaced: Map<object, object>;
  /** Objects of the new code that have the content of an old one. */
  filled: Set<object>;
  /** Whether the old values are those of an older evaluation in this process. */
  isLive: boolean;
  /** Entries with handles that the code itself has put into its collections. */
  codeMade: WeakSet<object>;
  /** The private fields of an old object, those of the classes that it extends among them. */
  oldPrivatesOf: (old: object) => OldPrivate[];
  /** Whether the code of the last run had made nothing at that place: nobody has removed a value there. */
  wasNothing: (path: string[]) => boolean;
  /**
   * Of a copy, the object that it was made of. With it, that one is set again where another one is now, of
   * whatever kind: this process itself had it there. Handles stay.
   */
  originalOf?: (copy: object) => object | undefined;
  /** Whether an old object can be used as it is: its record may lack what could not be kept. */
  isWhole: (old: object) => boolean;
}

/** The way from a binding to what is in it, through fields only. */
export interface Path {
  parent?: Path | undefined;
  name: string;
}

/** @returns the names of the fields, without that of the binding */
export function toNames(path: Path): string[] {
  const names: string[] = [];
  for (let one: Path | undefined = path; one?.parent !== undefined; one = one.parent) {
    names.push(one.name);
  }
  return names.toReversed();
}

/** A value whose kind is another one now. */
export interface Unfit {
  /** The names of the fields that lead to it. */
  path: string[];
  old: unknown;
  now: unknown;
  /** The private fields that the class has no longer, or that hold another kind of value. */
  privates?: string[];
}

/** What putting back has come to. */
export interface Outcome {
  /** What was not put back. With an empty path: nothing was. */
  unfit: Unfit[];
  /** Fields that stay as the code has made them: read-only, frozen, or with a getter of their own. */
  left: string[][];
  /** Fields of instances that only the record had, and that were put back. */
  extra: string[][];
}
