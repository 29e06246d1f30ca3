import { createCookie, createMemorySessionStorage } from 'react-router';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { createSessionStorage } from '../../src/react-router.ts';
import { PLACES } from './places.ts';

const DAY = 24 * 60 * 60;
const SECRET = 'b1946ac92492d2347c6235b4d2611184';

/** What a browser sends for what it was sent. */
function toHeader(setCookie: string): string {
  return setCookie.split(';')[0] as string;
}

describe.each(PLACES)('the session storage for React Router over $name', ({ create }) => {
  it('answers as the one in memory of React Router does', async () => {
    const cookie = { name: 'same', secrets: [SECRET] };
    const storages = [
      createSessionStorage({ ...(await create()), cookie }),
      createMemorySessionStorage({ cookie }),
    ];
    const seen = [];
    for (const { getSession, commitSession, destroySession } of storages) {
      const session = await getSession(null);
      const before = [session.id, session.data, session.has('user')];
      session.set('user', { name: 'ada' });
      session.flash('error', 'once');
      const header = toHeader(await commitSession(session));
      const next = await getSession(`other=1; ${header}`);
      const found = [next.id !== '', next.get('error'), next.get('error'), next.data];
      await commitSession(next);
      const last = await getSession(header);
      seen.push({
        before,
        found,
        last: [last.id === next.id, last.has('error'), last.data],
        destroyed: await destroySession(last),
        after: (await getSession(header)).data,
        strange: (await getSession(header.slice(0, -4) + 'AAAA')).data,
      });
    }
    expect(seen[0]).toEqual(seen[1] && { ...seen[1], destroyed: seen[0]?.destroyed });
    expect(seen[0]?.destroyed).toMatch(/^same=; .*Expires=Thu, 01 Jan 1970/);
  });

  it('does not bring a session back that a slow request commits after the logout', async () => {
    const { getSession, commitSession, destroySession } = createSessionStorage(await create());
    const session = await getSession();
    session.set('user', 'ada');
    const header = toHeader(await commitSession(session));
    const slow = await getSession(header);
    await destroySession(await getSession(header));
    slow.set('user', 'ada');
    const again = toHeader(await commitSession(slow));
    expect((await getSession(again)).data).toEqual({});

    // The browser has its cookie again: the next login must not be lost for that.
    const next = await getSession(again);
    expect(next.id).toBe('');
    next.set('user', 'grace');
    const last = toHeader(await commitSession(next));
    expect((await getSession(last)).get('user')).toBe('grace');
    expect((await getSession(again)).get('user')).toBeUndefined();
  });

  it('keeps the id of a session that is empty', async () => {
    const { getSession, commitSession } = createSessionStorage(await create());
    const header = toHeader(await commitSession(await getSession()));
    const { id } = await getSession(header);
    expect(id).toMatch(/^[\w-]{43}$/);
    expect((await getSession(header)).id).toBe(id);
  });

  it('takes nobody for somebody by a cookie that is not signed', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const cookie = createCookie('open');
    const { getSession, commitSession } = createSessionStorage({
      ...(await create()),
      cookie,
    });
    for (const forged of ['chosen', 7, { toString: 'x' }, ['a'], true]) {
      const session = await getSession(toHeader(await cookie.serialize(forged)));
      expect(session.id).toBe('');
      session.set('user', 'ada');
      expect(await commitSession(session)).not.toContain(toHeader(await cookie.serialize(forged)));
    }
    warn.mockRestore();
  });
});

describe('the cookie of the session storage for React Router', () => {
  const commit = async (options?: Parameters<typeof createSessionStorage>[0]): Promise<string> => {
    const storage = createSessionStorage({ type: 'memory', ...options });
    return storage.commitSession(await storage.getSession());
  };

  it('has defaults for all that the app does not say', async () => {
    expect(await commit()).toMatch(
      new RegExp(
        `^[\\w-]+-[0-9a-f]{6}\\.sid=[^;]+; Max-Age=${7 * DAY}; Path=/; HttpOnly; SameSite=Lax$`,
      ),
    );
    expect(await commit({ lifetime: '1h' })).toContain('; Max-Age=3600;');
    expect(await commit({ permanent: false })).not.toMatch(/Max-Age|Expires/);
    const said = { name: 'said', maxAge: 60, sameSite: 'strict', domain: 'example.com' } as const;
    expect(await commit({ cookie: said })).toMatch(
      /^said=[^;]+; Max-Age=60; Domain=example\.com; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const made = createCookie('made', { secrets: [SECRET], path: '/admin' });
    expect(await commit({ cookie: made })).toMatch(/^made=[^;]+; Path=\/admin; SameSite=Lax$/);
  });

  it('is secure in production, where a secret is needed', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    try {
      await expect(commit()).rejects.toThrow(/^SESSION_SECRET is not set\./);
      const own = await commit({ cookie: { secrets: [SECRET] } });
      expect(own).toMatch(/^__session=.*; HttpOnly; Secure; SameSite=Lax$/);
      vi.stubEnv('SESSION_SECRET', SECRET);
      expect(await commit()).toMatch(/^__session=.*; HttpOnly; Secure; SameSite=Lax$/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('has sessions of the types of the app', async () => {
    const storage = createSessionStorage<{ user: string }, { error: string }>({ type: 'memory' });
    const session = await storage.getSession();
    expectTypeOf(session.get('user')).toEqualTypeOf<string | undefined>();
    session.flash('error', 'once');
    // @ts-expect-error: a user is a string
    session.set('user', 7);
    expect(session.get('error')).toBe('once');
  });
});
