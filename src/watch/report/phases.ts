/** The parts of a restart, in their order. */
const PARTS = ['drain', 'exit', 'wait', 'start', 'entry'] as const;

/** Since when a restart is waited for, and when its parts were over; in milliseconds since the epoch. */
export interface Moments {
  since: number;
  /** What was in flight in the old process was answered. */
  drain?: number | undefined;
  /** The old process has ended. */
  exit?: number | undefined;
  /** A burst of saves has come to its end, and the new process was told to go. */
  wait: number;
  /** Node and tsx have started, unless a standby had: it runs the entry. */
  start?: number | undefined;
  /** The entry has run until the app listens. */
  entry?: number | undefined;
}

/** Where the time of a restart went: the parts, and how long they took, in milliseconds. */
export function toPhases(moments: Moments): [part: string, milliseconds: number][] {
  let from = moments.since;
  return PARTS.flatMap((part) => {
    const at = moments[part];
    if (at === undefined || at < moments.since) return [];
    const milliseconds = Math.max(0, at - from);
    from = Math.max(from, at);
    return [[part, milliseconds]];
  });
}
