/**
 * Timers as they were when this was loaded: fake timers of an app's test do not stop what is done in the
 * background, nor do they hold an answer up.
 */
export const { setTimeout: startTimer, clearTimeout: stopTimer, setImmediate: defer } = globalThis;
