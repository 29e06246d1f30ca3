import type { AppClass } from '../binding.ts';

export interface RegisterOptions {
  /** Those that instances in it are of. */
  classes?: AppClass[] | undefined;
  /** Of what the code makes now. @default that of what is left */
  version?: number | undefined;
  /**
   * Makes of the old value what fits now, or throws an Error that says why nothing does.
   *
   * @param version with which it was kept
   */
  prepare?: ((old: unknown, version: number | undefined) => unknown) | undefined;
}

export interface Registered {
  isPutBack: boolean;
  /** What `prepare` has thrown: the old value is set aside. */
  refused?: unknown;
}
