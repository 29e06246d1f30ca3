import { executionAsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { isatty } from 'node:tty';
import { findSignalWrap, type SignalWrapClass } from './signal-wrap.ts';

/**
 * Hears a signal without being a listener of `process`: the app can neither count nor remove it. Keeps no process alive.
 * A signal that the app does not listen to ends the process, as without us.
 *
 * @param hear runs before or after the app's own listeners; `isAlone` if there are none: the process ends when it returns
 * @returns what ends it; `undefined` where Node has no such class: a signal then ends the process as it does without us
 */
export function hearSignal(
  number: number,
  name: NodeJS.Signals,
  hear: (isAlone: boolean) => void,
): (() => void) | undefined {
  SignalWrap ??= findAndNoteRemovals();
  if (!SignalWrap) return undefined;
  const wrap = new SignalWrap();
  wrap.unref();
  wrap.onsignal = () => {
    // Others hide their listeners by methods of their own, as tsx does.
    const count = EventEmitter.prototype.listenerCount.call(process, name);
    // A listener that was called for this same signal may have removed itself, as `once` does.
    const isAlone = count === 0 && lastRemoved.get(name) !== turn();
    hear(isAlone);
    if (!isAlone) return;
    wrap.close();
    restoreTerminal();
    process.kill(process.pid, name);
  };
  if (wrap.start(number) === 0) return () => wrap.close();
  return void wrap.close();
}

let SignalWrap: SignalWrapClass | undefined;

/** By the name of a signal, the turn of the loop in which a listener was removed while the signal was heard. */
const lastRemoved = new Map<string | symbol, number>();

/** Node itself listens to this event of `process`, too. */
function findAndNoteRemovals(): SignalWrapClass | undefined {
  const found = findSignalWrap();
  const note = (event: string | symbol): void => {
    if (found && executionAsyncResource() instanceof found) lastRemoved.set(event, turn());
  };
  if (found) process.on('removeListener', note);
  return found;
}

const turn = (): number => performance.nodeTiming.uvMetricsInfo.loopCount;

/** Node does this at a signal that no listener hears. */
function restoreTerminal(): void {
  try {
    if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
  } catch {
    // it is gone
  }
}
