/** What time it is, so that a test can say it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

const DAY = 24 * 60 * 60 * 1000;

export function daysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY);
}

/** Whether something was changed so long ago that somebody should look at it. */
export function isStale(changedAt: Date, clock: Clock, days = 90): boolean {
  return daysBetween(changedAt, clock.now()) > days;
}
