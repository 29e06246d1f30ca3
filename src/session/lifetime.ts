const DAY = 24 * 60 * 60 * 1000;

/** How long a login lasts when nothing else is said, in milliseconds. */
export const DEFAULT_LIFETIME = 7 * DAY;

/**
 * How long a destroyed id is refused, in milliseconds: longer than any request that was under way
 * at the logout can run, and short enough that logouts do not pile up.
 */
export const RETIREMENT = DAY;

/** The part of a lifetime by which an expiry must move before a touch is worth a write. */
const MEANINGFUL_PART = 0.01;

/**
 * A time to live that every storage accepts: whole milliseconds, rounded up; `0` or less means
 * that the record has expired.
 *
 * @throws TypeError for NaN, Infinity and everything that is not a number: storages take those for
 * "for ever" or for "now", each in its own way.
 */
export function toTtl(ttl: number): number {
  if (typeof ttl !== 'number' || !Number.isFinite(ttl)) {
    throw new TypeError(
      `A time to live must be a finite number of milliseconds, not ${String(ttl)}.`,
    );
  }
  return Math.ceil(ttl);
}

/**
 * Whether moving an expiry is worth a write. A rolling session is touched on every request; writing
 * only when 1 % of the time to live has passed keeps those requests free of disk writes, at the
 * price of an expiry that comes up to 1 % early. Shortening counts like extending.
 */
export function isWorthMoving(expires: number, newExpires: number, ttl: number): boolean {
  return Math.abs(newExpires - expires) >= ttl * MEANINGFUL_PART;
}
