/**
 * Hears what becomes of the sessions of a store. Called within the call on the store: it must be quick
 * and must not throw.
 */
export interface SessionListener {
  /** Stored or touched; it expires then, in milliseconds since the epoch. */
  stored(id: string, expires: number): void;
  /** Ended by the app. */
  destroyed(id: string): void;
  /** Asked for, and not there. */
  missed(id: string): void;
  /** All of the store were removed by the app. */
  cleared(): void;
}
