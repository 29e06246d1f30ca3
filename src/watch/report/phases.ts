/** When what has happened in a restart, in milliseconds since the epoch. */
export interface Moments {
  /** The change was noticed. */
  since: number;
  /** What was in flight in the old process was answered. */
  drained?: number | undefined;
  /** The old process has ended. */
  exited?: number | undefined;
  /** The new process was told to go. */
  told: number;
  /** It runs the entry. */
  running?: number | undefined;
  /** It listens. */
  listening?: number | undefined;
}

/** A part of a restart, and how long it took, in milliseconds. */
export interface Phase {
  name: string;
  milliseconds: number;
}

/**
 * Where the time of a restart went: `drain`, `exit`, `wait` (for the end of a burst of saves), `start`
 * (of Node and tsx, without a standby), `entry` (from its first line until the app listens).
 */
export function toPhases({ since, drained, exited, told, running, listening }: Moments): Phase[] {
  const steps: [string, number | undefined][] = [
    ['drain', drained],
    ['exit', exited],
    ['wait', told],
    ['start', running],
    ['entry', listening],
  ];
  let from = since;
  return steps.flatMap(([name, at]) => {
    if (at === undefined || at < since) return [];
    const milliseconds = Math.max(0, at - from);
    from = Math.max(from, at);
    return [{ name, milliseconds }];
  });
}
