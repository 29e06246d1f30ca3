import { expect, it } from 'vitest';
import { MASK, maskSecrets } from '../../src/session/mask.ts';
import { meansId, shortenId } from '../../src/session/short-id.ts';

it('masks what stands under keys that name a secret, at any depth, and nothing else', () => {
  const data = {
    cookie: { path: '/', maxAge: 5 },
    accessToken: 'a',
    user: { email: 'ada@x.org', passwordHash: 'b', keys: [{ apiKey: 'c' }, 'plain'] },
    client_secret: { nested: 'd' },
    hasToken: true,
    token: null,
  };
  expect(maskSecrets(data)).toEqual({
    cookie: { path: '/', maxAge: 5 },
    accessToken: MASK,
    user: { email: 'ada@x.org', passwordHash: MASK, keys: [{ apiKey: MASK }, 'plain'] },
    client_secret: MASK,
    hasToken: true,
    token: null,
  });
});

it('shows a part of an id that is never more than half of it', () => {
  expect(shortenId('abcdefghijklmnop')).toBe('abcdef…');
  expect(shortenId('abcd')).toBe('ab…');
  expect(shortenId('a')).toBe('…');
  expect(meansId('abcdefghijklmnop', 'abcdef…')).toBe(true);
  expect(meansId('abcdefghijklmnop', 'abcdef...')).toBe(true);
  expect(meansId('abcdefghijklmnop', 'bcd')).toBe(false);
  expect(meansId('abcdefghijklmnop', '…')).toBe(false);
});
