import { expect, it } from 'vitest';
import { MASK, maskSecrets } from '../../src/session/display/mask.ts';
import { meansId, shortenId } from '../../src/session/display/short-id.ts';

const ID = '3fK2xQ9mB7vL4tZ1';

it('masks what stands under keys that name a secret, at any depth, and nothing else', () => {
  const data = {
    cookie: { path: '/', maxAge: 5 },
    accessToken: 'a',
    user: { email: 'ada@x.org', passwordHash: 'b', keys: [{ apiKey: 'c' }, 'plain'] },
    client_secret: { nested: 'd' },
    hasToken: true,
    token: null,
  };
  expect(maskSecrets(data, ID)).toEqual({
    cookie: { path: '/', maxAge: 5 },
    accessToken: MASK,
    user: { email: 'ada@x.org', passwordHash: MASK, keys: [{ apiKey: MASK }, 'plain'] },
    client_secret: MASK,
    hasToken: true,
    token: null,
  });
});

it.each(
  (
    'pass auth pin cvv cvc key accessKey refresh code sid card sessionId session_id ' +
    'sessionid connect.sid sidCopy iban seed seeds mnemonic magicLink magic_link ' +
    'magiclink assertion challenge codes userPIN pinCode pincode cardNumber card-number ' +
    'OTPCode otp passcode authCode oauth jwt idToken refresh_token accesstoken csrfToken ' +
    '_csrf password passwd pwd passphrase secret clientsecret apikey API_KEY privateKey ' +
    'credentials authorization bearer hash passwordHash salt nonce codeVerifier signature ' +
    'ssn backupCodes recovery_codes key2'
  ).split(' '),
)('masks what stands under %s', (key) => {
  expect(maskSecrets({ [key]: 'x' }, ID)).toEqual({ [key]: MASK });
});

it.each(
  (
    'author authority keyboard keys monkey passenger compass spinner pinned pinterest ' +
    'encoded barcode unicode countryCode zip_code sidebar inside consider cardiology ' +
    'discard postcard refreshed saltyFood hashtag seedling notary hotpink announced ' +
    'challenger user email name cookie originalMaxAge path id _id sortKey'
  ).split(' '),
)('does not mask what stands under %s', (key) => {
  expect(maskSecrets({ [key]: 'x' }, ID)).toEqual({ [key]: 'x' });
});

it('masks strings that are or contain the id, at any depth, and keys that do', () => {
  const data = {
    _id: ID,
    links: [`/x?of=${ID}&y`, { cookieValue: `s%3A${ID}.c2ln` }, 'plain'],
    [`of ${ID}`]: 1,
    shorter: ID.slice(0, 6),
  };
  expect(maskSecrets(data, ID)).toEqual({
    _id: MASK,
    links: [MASK, { cookieValue: MASK }, 'plain'],
    [MASK]: 1,
    shorter: ID.slice(0, 6),
  });
  const odd = 'an id/with & signs';
  expect(maskSecrets([encodeURIComponent(odd)], odd)).toEqual([MASK]);
  expect(maskSecrets(['a', 'apple'], 'a')).toEqual([MASK, 'apple']);
  expect(maskSecrets(['\ud800 and more of it', 'b'], '\ud800 and more')).toEqual([MASK, 'b']);
});

it('shows the beginning of the ids of sessions by which other data is kept', () => {
  const ids = new Set([ID, 'q7Wz81kLmN2p']);
  const data = new Map<string, unknown>([
    [ID, { [`cart:${ID}`]: [`/of/q7Wz81kLmN2p?x`] }],
    ['q7Wz81kLmN2p', 'a plain-text-of-some-length'],
  ]);
  expect(maskSecrets(data, '', ids)).toEqual(
    new Map<string, unknown>([
      [shortenId(ID), { [`cart:${shortenId(ID)}`]: ['/of/q7Wz81…?x'] }],
      ['q7Wz81…', 'a plain-text-of-some-length'],
    ]),
  );
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
