import type { AppClass, Binding } from '../binding.ts';

/** What is kept of the memory of this process. */
export interface PreservedState {
  /**
   * Puts back what is left of a binding before it returns, and keeps it from now on. For a key that it
   * knows the object may be another one now: what hangs in the former is moved into it, with the classes of
   * now. Where it is the same object, only the classes are.
   */
  register: (binding: Binding, options: PreservedOptions) => { refused?: unknown };
}

interface PreservedOptions {
  /** Of the instances in it. */
  classes: AppClass[];
  /**
   * Called once before something is put back, with that, made anew of its record. What it throws is
   * returned as `refused`: nothing is put back, and the record is set aside.
   */
  check: ((old: unknown) => void) | undefined;
}

/** Opens the state of this process; `undefined` where its memory is not kept. May be called again and again. */
export type OpenPreservedState = () => PreservedState | undefined;
