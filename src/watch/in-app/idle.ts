import { performance } from 'node:perf_hooks';

/** How often to look whether the app has time, in milliseconds. */
const LOOK_EVERY = 50;

/** Above this part of the time an app has none. */
const BUSY = 0.5;

/**
 * Calls back when the app has time: when it has answered those who have waited for it, say.
 *
 * @param within it is called by then, in milliseconds
 */
export function whenIdle(tell: () => void, within: number): void {
  const latest = performance.now() + within;
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(last);
    last = performance.eventLoopUtilization();
    if (utilization > BUSY && performance.now() < latest) return;
    clearInterval(timer);
    tell();
  }, LOOK_EVERY).unref();
}
