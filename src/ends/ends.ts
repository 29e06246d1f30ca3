import { constants } from 'node:os';
import { hasGraceBegun } from './grace.ts';
import { hearSignal } from './signals.ts';

/** By which a person or another process ends this one. Windows has no other signals that can be heard. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** How a process is about to end. */
export interface End {
  /** By which it is asked to, also where only the exit code says so; none at an end of its own. */
  signal?: NodeJS.Signals;
  /** Whether the app listens to that signal, and takes its time: there is another call when it ends. */
  mayGoOn: boolean;
}

/**
 * Calls `flush` when the process is about to end: at its own end, `process.exit()`, an error that nobody
 * catches, and a signal, whether or not the app listens to it. Exit code and signal are those that they
 * would have been. Nothing can be done at SIGKILL, `process.abort()` and `process.reallyExit()`.
 *
 * A signal cannot be heard while the app's code does not return to the event loop: then it ends nothing, as
 * in every app that listens to signals.
 *
 * @param flush has done its work when it returns; what it throws is dropped
 * @returns what ends it
 */
export function onEnd(flush: (end: End) => void): () => void {
  const tryToFlush = (end: End): void => {
    try {
      flush(end);
    } catch {
      // The process ends as it would without us.
    }
  };
  const exit = (code: number): void => {
    const signal = SIGNALS.find((name) => code === 128 + constants.signals[name]);
    tryToFlush({ ...(signal && { signal }), mayGoOn: false });
  };
  process.on('exit', exit);
  const stops = SIGNALS.map((signal) =>
    hearSignal(constants.signals[signal], signal, (isAlone) =>
      tryToFlush({ signal, mayGoOn: !isAlone && !hasGraceBegun() }),
    ),
  );
  return () => {
    process.off('exit', exit);
    for (const stop of stops) stop?.();
  };
}
