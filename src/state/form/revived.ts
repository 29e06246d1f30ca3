/** What was put back of a snapshot: a graph of its own, which nothing of the app refers to yet. */
export interface Revived {
  /** The value of each binding, by its key. */
  values: Map<string, unknown>;
  /**
   * What is known of objects that bindings reach through fields only, beyond what can be seen of
   * them: of instances, and of those that were not written as a whole.
   */
  facts: Map<object, ObjectFacts>;
  /** What could not be read. The rest is whole. */
  faults: Fault[];
  /** The ids of objects that were written with one, for `Recorder.identify`. */
  ids: Map<object, string>;
}

export interface ObjectFacts {
  /** The name of its class; `undefined` for a plain object. */
  className?: string | undefined;
  /** By their names, with `#`. */
  privates?: Record<string, unknown> | undefined;
  /** Fields that were there and were not written, because they hold what cannot be kept. */
  passedOver: string[];
  /**
   * Whether the object may be used as it is: it has all its fields, and its class if it has one.
   * Otherwise its fields can be moved into an object that the code has made.
   */
  isWhole: boolean;
}

export interface Fault {
  /** The name of the part. */
  part: string;
  /** A sentence without anything of a value. */
  reason: string;
}
