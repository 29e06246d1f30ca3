import { createHook, executionAsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { isatty } from 'node:tty';

/** What Node has for each signal that somebody listens to. */
interface SignalWrap {
  onsignal: (number: number) => void;
  start: (number: number) => number;
  unref: () => void;
  close: () => void;
}

type SignalWrapClass = new () => SignalWrap;

/**
 * Signals for which nobody is ended, and that few listen to. Node itself listens to the last one where it
 * writes to a terminal.
 */
const HARMLESS: readonly NodeJS.Signals[] = ['SIGURG', 'SIGCONT', 'SIGWINCH'];

/**
 * Hears a signal without being a listener of `process`: the app neither counts nor removes it, and is heard
 * as ever. Keeps no process alive. A signal that nobody else listens to ends the process, as without us.
 *
 * @param hear may be called before or after the app's own listeners; `isAlone` when there are none: the
 * process ends when it returns
 * @returns what ends it; `undefined` where Node has no such thing
 */
export function hearSignal(
  number: number,
  name: NodeJS.Signals,
  hear: (isAlone: boolean) => void,
): (() => void) | undefined {
  const SignalWrap = findSignalWrap();
  if (!SignalWrap) return undefined;
  const wrap = new SignalWrap();
  wrap.unref();
  wrap.onsignal = () => {
    // Others hide their listeners by methods of their own, as tsx does.
    const count = EventEmitter.prototype.listenerCount.call(process, name);
    // One that was called a moment ago for this same signal may have removed itself, as `once` does.
    const isAlone = count === 0 && lastRemoved.get(name) !== turn();
    hear(isAlone);
    if (!isAlone) return;
    wrap.close();
    restoreTerminal();
    process.kill(process.pid, name);
  };
  if (wrap.start(number) === 0) return () => wrap.close();
  wrap.close();
  return undefined;
}

/** Node does this at a signal that nobody listens to. */
function restoreTerminal(): void {
  try {
    if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
  } catch {
    // it is gone
  }
}

/** In which turn of the loop a listener of a signal was removed while that was heard, by its name. */
const lastRemoved = new Map<string | symbol, number>();

/** Node itself listens to this event of `process`, too. */
function noteRemovals(SignalWrap: SignalWrapClass): void {
  process.on('removeListener', (event) => {
    if (executionAsyncResource() instanceof SignalWrap) lastRemoved.set(event, turn());
  });
}

function turn(): number {
  return performance.nodeTiming.uvMetricsInfo.loopCount;
}

let found: SignalWrapClass | undefined;

/**
 * The class by which Node hears signals. It is not exported: async_hooks shows what is made of it. The same
 * on Node 20 to 24, pinned by `test/ends/ends.process.test.ts`. Without it a signal ends the process as it does
 * without us, and the last pass counts.
 */
function findSignalWrap(): SignalWrapClass | undefined {
  if (found) return found;
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
  if (found) noteRemovals(found);
  return found;
}
