import type { AppClass } from '../binding.ts';

export interface RegisterOptions {
  /** Those that instances in it are of. */
  classes?: AppClass[] | undefined;
  /** Throws an Error that says why the old value does not fit, if it does not. */
  check?: ((old: unknown) => void) | undefined;
}

export interface Registered {
  isPutBack: boolean;
  /** What `check` has thrown: the old value is set aside. */
  refused?: unknown;
}
