import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { TEST_SECRET } from '../support/processes.ts';
import { times } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { startLink } from '../support/slow-link.ts';

const HOUR = 60 * 60 * 1000;
const WEEK = 7 * 24 * HOUR;
const NEW_SECRET = 'a newer secret of the tests, for every process';

describeWithRedis('records in Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.prepare();
    await server.begin();
  });
  afterAll(() => server.close());
  beforeEach(() => void server.cli('FLUSHALL'));

  const open = (differences: Partial<Parameters<typeof openRedisStorage>[0]> = {}) =>
    openRedisStorage({ url: server.url, ...differences });
  const keys = () => server.cli('KEYS', '*').split('\n').filter(Boolean).sort();

  it('have keys that say whose they are, once, and Redis ends them', async () => {
    await open({ namespace: 'main' }).set('abc-_123', '{"cart":1}', HOUR);
    expect(keys()).toEqual(['holdover:main:abc-_123']);
    const ttl = Number(server.cli('PTTL', 'holdover:main:abc-_123'));
    expect(ttl).toBeGreaterThan(HOUR - 60_000);
    expect(ttl).toBeLessThanOrEqual(HOUR);
  });

  it('are JSON behind a signature', async () => {
    await open().set('a', '{"cart":1}', HOUR);
    expect(server.cli('GET', 'holdover:default:a')).toMatch(
      /^[0-9a-f]{16}\.[\w-]{43}\.\{"cart":1\}$/,
    );
  });

  it('show nothing when they are sealed', async () => {
    const storage = open({ isSealed: true });
    await storage.set('a', '{"cart":1}', HOUR);
    expect(server.cli('GET', 'holdover:default:a')).toMatch(/^HO1\.[\w+/=]+$/);
    expect((await open().get('a'))?.text).toBe('{"cart":1}'); // whoever has the key reads both forms
  });

  it('leave the keys of others alone, whatever they look like', async () => {
    const foreign = [
      'holdover',
      'holdover:default',
      'holdover:defaults:a',
      'app:user',
      'xholdover:default:a',
    ];
    for (const key of foreign) server.cli('SET', key, 'theirs');
    server.cli('LPUSH', 'holdover:default:a-list', 'theirs');
    const storage = open();
    await storage.set('a', 'text', HOUR);
    expect(await storage.count()).toBe(1);
    await storage.clear();
    expect(keys()).toEqual([...foreign, 'holdover:default:a-list'].sort());
  });

  it('are listed, counted and cleared by the thousand', async () => {
    const storage = open();
    const ids = Array.from({ length: times(1_000, 5_000) }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => storage.set(id, id, HOUR)));
    expect(await storage.count()).toBe(ids.length);
    server.cli('CONFIG', 'RESETSTAT');
    const seen: string[] = [];
    for await (const { key } of storage.entries()) seen.push(key);
    expect(seen.sort()).toEqual(ids.sort());
    expect(scansOf(server)).toBeLessThan(20);
    await storage.clear();
    expect(keys()).toEqual([]);
    expect(server.cli('INFO', 'commandstats')).not.toContain('cmdstat_flush');
  });

  it('are read by one message and its answer', async () => {
    const link = await startLink(server.port);
    const storage = openRedisStorage({ url: `redis://127.0.0.1:${link.port}` });
    await storage.set('a', 'text', HOUR);
    const before = link.messages();
    expect((await storage.get('a'))?.text).toBe('text');
    await storage.touch('a', HOUR);
    await storage.set('a', 'again', HOUR);
    expect(link.messages() - before).toBe(3);
  });

  it.each([
    [
      'data that was changed',
      (stored: string) => stored.replace('"cart":1', '"cart":2'),
      'altered',
    ],
    ['a signature that was cut', (stored: string) => stored.slice(0, 30), 'not a session record'],
    ['nothing', () => '', 'not a session record'],
    ['JSON of somebody else', () => '{"user":"ada"}', 'not a session record'],
  ])('with %s cost one login and are set aside, which is said once', async (_, change, reason) => {
    const said: string[] = [];
    const storage = open({ log: (message) => said.push(message) });
    for (const id of ['a', 'b', 'bystander']) await storage.set(id, '{"cart":1}', HOUR);
    for (const id of ['a', 'b']) {
      const key = `holdover:default:${id}`;
      server.cli('SET', key, change(server.cli('GET', key)), 'KEEPTTL');
      expect(await storage.get(id)).toBeUndefined();
    }
    expect((await storage.get('bystander'))?.text).toBe('{"cart":1}');
    await poll(() => keys().filter((key) => key.startsWith('holdover-unreadable:')).length === 2);
    expect(said.filter((message) => message.includes(reason))).toHaveLength(1);
    expect(await storage.set('a', 'new', HOUR)).toBe(true);
    expect(said.join()).not.toContain('cart');
  });

  it('that are no text any more cost one login and are set aside', async () => {
    const said: string[] = [];
    const storage = open({ log: (message) => said.push(message) });
    const put = (id: string): void => {
      server.cli('DEL', `holdover:default:${id}`);
      server.cli('LPUSH', `holdover:default:${id}`, 'theirs');
    };
    for (const id of ['a', 'b', 'c']) {
      await storage.set(id, '{"cart":1}', HOUR);
      put(id);
    }
    expect(await storage.missReason('a')).toMatchObject({ because: 'unreadable' });
    expect(await storage.get('a')).toBeUndefined();
    await poll(() => keys().includes('holdover-unreadable:{holdover:default:a}'));
    expect(keys()).not.toContain('holdover:default:a');
    expect(await storage.get('a')).toBeUndefined();
    expect(await storage.set('a', 'new', HOUR)).toBe(true);
    expect((await storage.get('a'))?.text).toBe('new');
    expect(await storage.set('b', 'over it', HOUR)).toBe(true);
    expect((await storage.get('b'))?.text).toBe('over it');
    await storage.retire('c', HOUR);
    expect(await storage.set('c', 'late', HOUR)).toBe(false);
    expect(said.join()).not.toMatch(/refuses|out of reach/);
  });

  it('whose expiry was taken away last a week from when they are next read', async () => {
    const storage = open();
    await storage.set('a', 'text', HOUR);
    server.cli('PERSIST', 'holdover:default:a');
    const stored = await storage.get('a');
    expect(stored?.text).toBe('text');
    expect(stored?.expires).toBeGreaterThan(Date.now() + WEEK - 60_000);
    expect(stored?.expires).toBeLessThanOrEqual(Date.now() + WEEK);
    const left = () => Number(server.cli('PTTL', 'holdover:default:a'));
    await poll(() => left() > 0);
    expect(left()).toBeGreaterThan(WEEK - 60_000);
    expect(left()).toBeLessThanOrEqual(WEEK);
    await storage.touch('a', HOUR);
    expect(left()).toBeLessThanOrEqual(HOUR);
    await storage.get('a');
    await storage.get('a');
    expect(left()).toBeLessThanOrEqual(HOUR);
  });

  it('do not open under the id of another', async () => {
    const storage = open();
    await storage.set('ada', '{"user":"ada"}', HOUR);
    server.cli('COPY', 'holdover:default:ada', 'holdover:default:eve');
    expect(await storage.get('eve')).toBeUndefined();
  });

  it('are signed with the newest secret and open with all', async () => {
    const [before, between, after] = [[TEST_SECRET], [NEW_SECRET, TEST_SECRET], [NEW_SECRET]].map(
      (secrets) => open({ secrets }),
    ) as [ReturnType<typeof open>, ReturnType<typeof open>, ReturnType<typeof open>];
    await before.set('a', 'old', HOUR);
    expect(await after.get('a')).toBeUndefined();
    expect((await before.get('a'))?.text).toBe('old'); // it stays for those who have its key
    expect((await between.get('a'))?.text).toBe('old');
    await between.set('a', 'new', HOUR);
    expect((await after.get('a'))?.text).toBe('new');
    expect(await before.get('a')).toBeUndefined();
  });
});

function scansOf(server: RedisServer): number {
  return Number(/cmdstat_scan:calls=(\d+)/.exec(server.cli('INFO', 'commandstats'))?.[1] ?? 0);
}
