/**
 * Hears what becomes of the sessions of a store. Called within the call on the store: it must be quick.
 * An error of it is lost: no call on the store fails for it.
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

/** A listener that hears the same and never throws. */
export function withoutErrors(listener: SessionListener): SessionListener {
  const attempt = (hear: () => void): void => {
    try {
      hear();
    } catch {
      // what is noted of a session is worth less than the session
    }
  };
  return {
    stored: (id, expires) => attempt(() => listener.stored(id, expires)),
    destroyed: (id) => attempt(() => listener.destroyed(id)),
    missed: (id) => attempt(() => listener.missed(id)),
    cleared: () => attempt(() => listener.cleared()),
  };
}
