/** In milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** How long a login lasts when nothing else is said, in milliseconds. */
export const DEFAULT_LIFETIME = 7 * DAY;

/** How long a record lasts to which nobody gives an end, in milliseconds: a hundred years. */
export const NO_END = 100 * 365 * DAY;

/** Whether an expiry, in milliseconds since the epoch, is that of a record without an end. */
export function hasNoEnd(expires: number): boolean {
  return expires - Date.now() > NO_END / 2;
}

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
 * Whether moving an expiry is worth a write of its own. A rolling session is touched on every request:
 * a move by less than 1 % of the time to live is written later, together with others, so that those
 * requests are free of disk writes. Shortening counts like extending.
 */
export function isWorthMoving(expires: number, newExpires: number, ttl: number): boolean {
  return Math.abs(newExpires - expires) >= ttl * MEANINGFUL_PART;
}
