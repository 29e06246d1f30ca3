import type { Edit } from '../edits.ts';

/** A binding that can be shown. */
export interface Found {
  name: string;
  /** What reads it, and what is assigned to. */
  target: string;
  isMutable: boolean;
  /** Whether it may hold data that the file alone stands for: no import, no enum, no function. */
  isState: boolean;
}

/** What is at the top of a module. */
export interface Top {
  bindings: Map<string, Found>;
  classes: string[];
  functions: Set<string>;
  /** The name at the top for each name that is exported. */
  exported: Map<string, string>;
  /** The name at the top that a compiler has given to what is exported by default. */
  generated: string | undefined;
  /** The default export, where it is an expression without a name: what gives it one. */
  unnamed: { name: string; edits: Edit[] } | undefined;
}
