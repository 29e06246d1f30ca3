/** By how much the two clocks may differ before the system's one has been set, in milliseconds. */
const DRIFT = 50;

let offset = 0;

/**
 * The time in milliseconds since the epoch, with microseconds behind the point. It follows the system's
 * clock when that is set anew, and after a suspend, which the clock behind `performance` does not.
 */
export function preciseNow(): number {
  const steady = performance.timeOrigin + performance.now();
  const difference = Date.now() - steady;
  if (Math.abs(difference - offset) > DRIFT) offset = difference;
  return steady + offset;
}
