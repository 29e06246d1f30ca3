import { betterAuth } from 'better-auth';
import { describe, expect, it } from 'vitest';
import { createSecondaryStorage } from '../../src/better-auth.ts';
import { listSessions } from '../../src/care/sessions.ts';
import { poll } from '../support/poll.ts';
import { PLACES } from './places.ts';

const YEAR = 365 * 24 * 60 * 60 * 1000;

/** What better-auth stores under the token of a session. */
function toSession(token: string): string {
  const user = { id: 'u1', email: 'ada@example.com' };
  return JSON.stringify({ session: { token, userId: 'u1' }, user });
}

const TEXTS = [
  toSession('token'),
  '',
  'a word',
  '[{"token":"a","expiresAt":1}]',
  '{}',
  ' {"a": 1}\n',
  '{"text":"a"}',
  '{"__proto__":{"a":1}}',
  '{"a":"\\u0061\\ud800","é":"\u2028"}',
  '{"a":',
];

describe.each(PLACES)('the secondary storage of better-auth over $name', ({ create }) => {
  it('gives every text back as it was, for as long as is said', async () => {
    const options = { ...(await create()), namespace: 'texts' };
    const storage = createSecondaryStorage(options);
    for (const text of TEXTS) {
      await storage.set('key', text, 60);
      expect(await storage.get('key')).toBe(text);
      expect(await storage.getAndDelete('key')).toBe(text);
      expect(await storage.get('key')).toBeNull();
    }
    await storage.set('api-key', 'for ever');
    await storage.set('other', 'for ever', 0);
    for await (const { expires } of listSessions({ ...options, namespaces: ['texts'] })) {
      expect(expires).toBeGreaterThan(Date.now() + 50 * YEAR);
    }
    const ofADay = { ...options, namespace: 'day', lifetime: '1d' };
    await createSecondaryStorage(ofADay).set('api-key', 'for a day');
    for await (const { expires } of listSessions({ ...options, namespaces: ['day'] })) {
      expect(expires).toBeLessThan(Date.now() + YEAR);
    }
  });

  it('keeps a session that was deleted from coming back, and lets other keys be used again', async () => {
    const options = await create();
    const storage = createSecondaryStorage(options);
    await storage.set('token', toSession('token'), 60);
    for await (const { who, namespace } of listSessions(options)) {
      expect({ who, namespace }).toEqual({ who: 'ada@example.com', namespace: 'better-auth' });
    }
    await storage.set('active-sessions-u1', '[{"token":"token"}]', 60);
    for (const key of ['token', 'active-sessions-u1']) {
      await storage.delete(key);
      await storage.set(key, toSession('token'), 60);
    }
    expect(await storage.get('token')).toBeNull();
    expect(await storage.get('active-sessions-u1')).toBe(toSession('token'));
  });

  it('takes a value away, and counts, in one step', async () => {
    const options = await create();
    const [storage, other] = [createSecondaryStorage(options), createSecondaryStorage(options)];
    const many = Array.from({ length: 10 }, () => [storage, other]).flat();
    await storage.set('verification:a', '{"value":"a"}', 60);
    const given = await Promise.all(many.map((one) => one.getAndDelete('verification:a')));
    expect(given.filter((value) => value !== null)).toEqual(['{"value":"a"}']);
    await storage.set('verification:a', 'again', 60);
    expect(await other.get('verification:a')).toBe('again');

    const counts = await Promise.all(many.map((one) => one.increment('limit', 60)));
    expect(counts.sort((a, b) => a - b)).toEqual(many.map((one, index) => index + 1));
    expect(await storage.get('limit')).toBe('20');
    // The time of the first counts.
    expect([await storage.increment('short', 5), await other.increment('short', 600)]).toEqual([
      1, 2,
    ]);
    await poll(async () => (await storage.get('short')) === null);
    expect(await storage.increment('short', 60)).toBe(1);
    await storage.delete('short');
    expect(await storage.increment('short', 60)).toBe(1);

    for (const ttl of [0, -1, Number.NaN, Infinity]) {
      await expect((async () => storage.increment('new', ttl))()).rejects.toThrow(TypeError);
    }
    expect(await storage.get('new')).toBeNull();
    await storage.set('limit', 'many', 60);
    await expect((async () => storage.increment('limit', 60))()).rejects.toThrow('no counter');
    expect(await storage.get('limit')).toBe('many');
  });
});

it('is what better-auth takes, with no cast', async () => {
  const auth = betterAuth({
    baseURL: 'http://localhost',
    secret: 'a secret of the app that is long enough for better-auth',
    secondaryStorage: createSecondaryStorage({ type: 'memory' }),
    emailAndPassword: { enabled: true },
  });
  const body = { name: 'ada', email: 'ada@example.com', password: 'a password' };
  const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true });
  const cookies = headers.getSetCookie().map((line) => line.split(';')[0]);
  const asked = await auth.api.getSession({ headers: new Headers({ cookie: cookies.join('; ') }) });
  expect(asked?.user.email).toBe(body.email);
});
