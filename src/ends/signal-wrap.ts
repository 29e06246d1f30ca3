import { createHook } from 'node:async_hooks';

/** The object by which Node hears one signal. */
export interface SignalWrap {
  onsignal: (number: number) => void;
  start: (number: number) => number;
  unref: () => void;
  close: () => void;
}

export type SignalWrapClass = new () => SignalWrap;

/** Signals that do not end a process by default. Node itself listens to the last one where it writes to a terminal. */
const HARMLESS: readonly NodeJS.Signals[] = ['SIGURG', 'SIGCONT', 'SIGWINCH'];

/**
 * Finds the class by which Node hears signals. It is not exported: async_hooks shows the object that Node makes for a
 * listener. The same on Node 20 to 24, pinned by `test/ends/ends.process.test.ts`.
 *
 * @returns `undefined` where Node has no such class
 */
export function findSignalWrap(): SignalWrapClass | undefined {
  let found: SignalWrapClass | undefined;
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'SIGNALWRAP') found = resource.constructor as SignalWrapClass;
    },
  });
  const listener = (): void => {};
  hook.enable();
  try {
    for (const signal of HARMLESS) {
      if (found) break;
      process.on(signal, listener);
      process.off(signal, listener);
    }
  } finally {
    hook.disable();
  }
  return found;
}
