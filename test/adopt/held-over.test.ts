import { describe, expect, it } from 'vitest';
import { formatHeldOver, toStartLine } from '../../src/adopt/held-over/describe.ts';

describe('what is said of a start', () => {
  it.each([
    [0, 0, 'no sessions held over'],
    [1, 0, '1 session held over'],
    [3, 1, '3 sessions · 1 value held over'],
    [0, 2, 'no sessions · 2 values held over'],
  ])('counts %i sessions and %i values', (count, values, said) => {
    expect(formatHeldOver({ count, isMore: false }, values)).toBe(said);
  });

  it('counts values where no sessions are, or nobody counts them', async () => {
    expect(await toStartLine([], 10)).toBeUndefined();
    expect(await toStartLine([], 10, 2)).toBe('2 values held over');
    const redis = { type: 'redis', display: 'redis://localhost', isNew: false } as const;
    const stores = [{ ...redis, directory: '', namespace: 'a', fingerprint: '' }];
    expect(await toStartLine(stores, 10)).toBe('sessions are kept in redis://localhost');
    expect(await toStartLine(stores, 10, 1)).toBe(
      'sessions are kept in redis://localhost · 1 value held over',
    );
  });
});
