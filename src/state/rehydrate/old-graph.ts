/** What is left of the last run, as one graph. `revive` makes it of the texts of a snapshot. */
export interface OldGraph {
  /** The value of each binding, by its key. */
  values: Map<string, unknown>;
  /** What cannot be seen of objects that bindings reach through fields only. */
  facts: Map<object, OldFacts>;
  /** Errors whose class was not there. */
  waiting?: { object: object; className: string }[];
  /** The ids of objects in the texts. */
  ids?: Map<object, string>;
}

export interface OldFacts {
  /** By their names, with `#`. */
  privates?: Record<string, unknown> | undefined;
  /** Whether the object may be used as it is. Otherwise its content can be moved into another one. */
  isWhole: boolean;
}

export const NO_GRAPH: OldGraph = { values: new Map(), facts: new Map() };
