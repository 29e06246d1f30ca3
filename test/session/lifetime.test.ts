import { describe, expect, it } from 'vitest';
import { isWorthMoving, toTtl } from '../../src/session/expiry/lifetime.ts';

describe('toTtl', () => {
  it.each([NaN, Infinity, -Infinity, '1000', null, undefined, 10n, new Date(), {}])(
    'refuses %s',
    (ttl) => {
      expect(() => toTtl(ttl as number)).toThrow(TypeError);
    },
  );

  it('rounds up to whole milliseconds', () => {
    expect([1, 1.5, 0.001, 0, -0.5, -1000].map(toTtl)).toEqual([1, 2, 1, 0, -0, -1000]);
  });
});

describe('isWorthMoving', () => {
  it('is so from 1 % of the time to live on, in both directions', () => {
    expect(isWorthMoving(10_000, 10_009, 1000)).toBe(false);
    expect(isWorthMoving(10_000, 10_010, 1000)).toBe(true);
    expect(isWorthMoving(10_000, 9991, 1000)).toBe(false);
    expect(isWorthMoving(10_000, 9990, 1000)).toBe(true);
    expect(isWorthMoving(0, 10_000, 1000)).toBe(true);
  });
});
