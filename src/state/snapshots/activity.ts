import { performance } from 'node:perf_hooks';

/**
 * Tells whether the event loop of this process has done anything since it was asked last, but for the timer
 * that asks: a turn of the loop is seen whatever it was for, a request, a timer, a WebSocket or stdin.
 * `performance.eventLoopUtilization()` says how long they took, which does not tell a short request from an
 * idle second.
 */
export function createActivity(): () => boolean {
  let last = performance.nodeTiming.uvMetricsInfo;
  return () => {
    const now = performance.nodeTiming.uvMetricsInfo;
    const turns = now.loopCount - last.loopCount;
    const events = now.events - last.events;
    last = now;
    return turns > 1 || events > 0;
  };
}
