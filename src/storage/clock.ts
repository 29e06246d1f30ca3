/**
 * The time in milliseconds since the epoch, with microseconds behind the point. It follows the system's
 * clock when that is set anew, and after a suspend, which the clock behind `performance` does not.
 */
export function preciseNow(): number {
  const steady = performance.timeOrigin + performance.now();
  return steady + Math.round(Date.now() - steady);
}
