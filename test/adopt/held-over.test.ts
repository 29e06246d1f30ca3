import { describe, expect, it } from 'vitest';
import { formatHeldOver, toStartLine } from '../../src/adopt/held-over/describe.ts';

const toCount = (count: number, logins?: number) => ({ count, isMore: false, logins });

const toValues = (count: number, ...leftOut: string[]) => ({ count, leftOut });

describe('what is said of a start', () => {
  it.each([
    [toCount(0), {}, 'no sessions yet'],
    [toCount(1), {}, '1 session held over'],
    [toCount(3, 0), { values: toValues(1) }, '3 sessions · 1 value held over'],
    [toCount(1, 1), {}, '1 login held over'],
    [toCount(14, 2), {}, '2 logins and 12 visitors held over'],
    [toCount(2, 1), { values: toValues(1) }, '1 login and 1 visitor · 1 value held over'],
    [{ count: 10, isMore: true }, {}, 'at least 10 sessions held over'],
    [toCount(0), { values: toValues(2) }, '2 values held over'],
    [toCount(0), { clients: toCount(1) }, '1 MCP client held over'],
    [
      toCount(2),
      { values: toValues(1), clients: toCount(2) },
      '2 sessions · 1 value · 2 MCP clients held over',
    ],
    [undefined, { values: toValues(1) }, '1 value held over'],
    [undefined, { clients: { count: 5, isMore: true } }, 'at least 5 MCP clients held over'],
    [undefined, {}, undefined],
    [undefined, { values: toValues(2, 'a', 'b') }, '2 values held over, without a, b'],
    [
      undefined,
      { values: toValues(1, 'a', 'b', 'c', 'd') },
      '1 value held over, without a, b, c and 1 more',
    ],
  ])('counts %o and %o', (sessions, beside, said) => {
    expect(formatHeldOver({ sessions, ...beside })).toBe(said);
  });

  it('counts values where no sessions are, or none are counted', async () => {
    expect(await toStartLine([])).toBeUndefined();
    expect(await toStartLine([], toValues(2))).toBe('2 values held over');
    const redis = { type: 'redis', display: 'redis://localhost', isNew: false, at: 0 } as const;
    const place = { root: '', stateDirectory: '', directory: '' };
    const stores = [{ ...redis, ...place, namespace: 'a', fingerprint: '' }];
    expect(await toStartLine(stores)).toBe('sessions are kept in redis://localhost');
    expect(await toStartLine(stores, toValues(1))).toBe(
      'sessions are kept in redis://localhost · 1 value held over',
    );
  });
});
