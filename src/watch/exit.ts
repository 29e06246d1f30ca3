import { constants } from 'node:os';

/** How a process has ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The exit code that stands for an end, as shells count: 128 and the number of the signal. */
export function toExitCode({ code, signal }: Exit): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
