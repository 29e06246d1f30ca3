import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { resolveProject } from '../../src/care/project.ts';
import { Columns } from '../../src/care/session-index/columns.ts';
import { Keys } from '../../src/care/session-index/keys.ts';
import {
  SessionIndex,
  type RowField,
  type SessionRow,
} from '../../src/care/session-index/session-index.ts';
import { History } from '../../src/history/history.ts';
import { changeSession, destroySession, type CareOptions } from '../../src/care.ts';
import { toRecord } from '../../src/session/record.ts';
import type { SessionStorage } from '../../src/session/storage.ts';
import { openStorage } from '../../src/storage/open.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';

const HOUR = 60 * 60 * 1000;
/** Longer than a look at few sessions takes, and sooner than the next one without a reason, in milliseconds. */
const SOON = 3000;
const FIELDS: RowField[] = ['who', 'id', 'created', 'lastSeen', 'expires', 'size', 'namespace'];

/** A project of a test's own. */
function begin(server?: RedisServer): CareOptions {
  vi.stubEnv('XDG_STATE_HOME', createTempFolder());
  const place = server
    ? { type: 'redis' as const, redis: { url: server.url, timeout: 10_000 } }
    : { type: 'filesystem' as const };
  const root = createTempFolder();
  writeFileSync(join(root, 'package.json'), '{ "name": "project" }');
  return { root, ...place };
}

function open(options: CareOptions, namespace = 'default'): SessionStorage {
  return openStorage({ ...resolveProject(options), namespace, log: () => {} });
}

function toText(user: string | undefined, created = Date.now()): string {
  const cookie = { originalMaxAge: HOUR, expires: true };
  return toRecord(JSON.stringify({ cookie, user, text: 'x'.repeat(created % 7) }), created);
}

/** Every fifth session has no user. */
async function fill(options: CareOptions, count: number): Promise<void> {
  const storage = open(options);
  const now = Date.now();
  for (let start = 0; start < count; start += 250) {
    const part = Array.from({ length: Math.min(250, count - start) }, (_, n) => start + n);
    await Promise.all(
      part.map((n) => {
        const text = toText(n % 5 === 4 ? undefined : `User${n}`, now - ((n * 7919) % HOUR));
        return storage.set(toId(n), text, HOUR + n * 1000);
      }),
    );
  }
}

/** Six signs, which no other has, and more. */
function toId(n: number): string {
  return `${(n * 7919) % 1_000_000}`.padStart(6, '0') + 'y'.repeat(26);
}

async function complete(index: SessionIndex): Promise<void> {
  await poll(async () => (await index.rows()).isComplete);
}

async function rowsOf(
  index: SessionIndex,
  sort: RowField,
  order: 'asc' | 'desc',
): Promise<SessionRow[]> {
  const all: SessionRow[] = [];
  for (let from = 0; ; from += 2000) {
    const { rows } = await index.rows({ sort, order, from, count: 2000 });
    if (rows.length === 0) return all;
    all.push(...rows);
  }
}

/** @param count how many sessions there are */
function describeIndex(count: number, start: () => Promise<RedisServer | undefined>): void {
  it('gives the rows that are asked for, in every order, and no id', async () => {
    const options = begin(await start());
    await fill(options, count);
    await open(options, 'mcp-clients').set('of-a-client', toText(undefined), HOUR);
    await open(options, 'oidc-tokens').set('a-token', toText('nobody'), HOUR);
    await open(options, 'shop').set('one-of-the-shop', toText('User7 of the shop'), HOUR);
    await open(options).set('over', toText('nobody'), 1);
    const index = new SessionIndex(options);
    await complete(index);
    for (const sort of FIELDS) {
      for (const order of ['asc', 'desc'] as const) {
        const rows = await rowsOf(index, sort, order);
        expect(new Set(rows.map(({ key }) => key)).size).toBe(count + 2);
        const known = rows.map((row) => row[sort]).filter((value) => value !== null);
        // Those that do not have it come last. Of ids the six signs that are shown are in order, too.
        expect(known).toEqual(rows.slice(0, known.length).map((row) => row[sort]));
        const values = known.map((value) =>
          typeof value === 'string' ? value.toLowerCase() : value,
        );
        const isBefore = (one: string | number, other: string | number): boolean => one < other;
        const wrong = values.filter((value, n) => {
          const last = values[n - 1] ?? value;
          return order === 'asc' ? isBefore(value, last) : isBefore(last, value);
        });
        expect(wrong).toEqual([]);
      }
    }
    const filtered = await index.rows({ filter: ' uSER7 ', sort: 'who', order: 'asc', count: 3 });
    expect(filtered).toMatchObject({ total: count + 2, isComplete: true });
    expect(filtered.rows.map(({ who }) => who)).toEqual(['User7', 'User7 of the shop', 'User70']);
    const next = await index.rows({
      filter: 'user7',
      sort: 'who',
      order: 'asc',
      from: 1,
      count: 2,
    });
    expect(next.rows).toEqual(filtered.rows.slice(1));
    const wanted = Array.from({ length: count }, (_, n) => n).filter(
      (n) => n % 5 !== 4 && String(n).startsWith('7'),
    );
    expect(filtered.matching).toBe(wanted.length + 1);
    const shop = await index.rows({ filter: 'shop' });
    expect(shop.rows).toMatchObject([
      { who: 'User7 of the shop', namespace: 'shop', id: 'one-of…', isClient: false },
    ]);
    expect((await index.rows({ filter: 'mcp' })).rows).toMatchObject([
      { who: null, isClient: true },
    ]);
    expect((await index.rows({ filter: toId(77).slice(0, 6) })).rows).toMatchObject([
      { id: `${toId(77).slice(0, 6)}…`, who: 'User77' },
    ]);
    expect((await index.rows({ filter: toId(77).slice(0, 8) })).matching).toBe(0); // six signs, and no more
    await open(options, 'named by itself').set(toId(1), toText(toId(1)), HOUR);
    await index.refresh();
    const end = toId(1).slice(6); // so long that no random key has it
    expect(JSON.stringify(await index.rows({ count: count + 1 }))).not.toContain(end);

    // A key counts here only.
    const [row] = shop.rows;
    const session = { id: 'one-of-the-shop', namespace: 'shop' };
    expect(await index.find(row?.key ?? '')).toEqual(session);
    expect(await new SessionIndex(options).find(row?.key ?? '')).toBeUndefined();
    expect(await index.find('no-key')).toBeUndefined();
  });

  it('shows what has changed, and tells who listens', async () => {
    const options = begin(await start());
    await fill(options, 20);
    const index = new SessionIndex(options);
    let told = 0;
    const end = index.listen(() => told++);
    await complete(index);
    const whos = async (): Promise<(string | null)[]> =>
      (await index.rows()).rows.map(({ who }) => who).filter((who) => who?.includes('-'));
    const session = { id: toId(3), namespace: 'default' };
    const before = told;
    await changeSession(toId(3), { path: ['user'], value: 'changed-here' }, options);
    await index.reread(session);
    expect(await whos()).toEqual(['changed-here']);
    await destroySession(toId(3), options);
    await index.reread(session);
    expect(await whos()).toEqual([]);
    expect((await index.rows()).total).toBe(19);
    expect(told).toBeGreaterThanOrEqual(before + 2);

    // What an app does is in the history. All else would be looked at later.
    await index.refresh();
    const time = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(time + SOON);
    await open(options).set('new', toText('new-there'), HOUR);
    const history = new History(resolveProject(options));
    const noted = told;
    history.add([{ at: Date.now(), what: 'stored', id: history.hash('new'), expires: 9 }]);
    await poll(() => told > noted);
    vi.restoreAllMocks();
    expect(await whos()).toEqual(['new-there']);

    await open(options).set('newer', toText('new-again'), HOUR);
    await index.refresh();
    expect(await whos()).toEqual(expect.arrayContaining(['new-there', 'new-again']));
    end();
    index.close();
  });
}

describe('the index of the sessions in a directory', () => {
  describeIndex(4200, () => Promise.resolve(undefined)); // more than are sorted at a time

  it('is empty where nothing was stored', async () => {
    const index = new SessionIndex(begin());
    expect(await index.rows()).toEqual({
      rows: [],
      matching: 0,
      total: 0,
      clients: 0,
      scanned: 0,
      isComplete: true,
    });
  });

  it('finds a key that was given out long ago', async () => {
    const keys = new Keys();
    const columns = new Columns();
    const add = (n: number): void => {
      const times = { created: 1, lastSeen: 1, expires: 1 };
      columns.add({ id: `id ${n}`, namespace: 'a', who: undefined, size: 1, data: {}, ...times });
    };
    for (let n = 0; n <= 10_000; n++) add(n);
    const key = keys.give(columns.indexedAt(0));
    for (let n = 1; n <= 10_000; n++) keys.give(columns.indexedAt(n));
    expect(await keys.find(key, columns)).toEqual({ id: 'id 0', namespace: 'a' });
    expect(keys.give({ id: 'id 0', namespace: 'b' })).not.toBe(key);
  });
});

describeWithRedis('the index of the sessions in Redis', () => {
  describeIndex(300, () => RedisServer.start());

  it('answers while it looks, says what is wrong, and goes on afterwards', async () => {
    const server = await RedisServer.start();
    const options = begin(server);
    await fill(options, 20);
    const index = new SessionIndex(options);
    let told = 0;
    index.listen(() => told++);
    server.signal('SIGSTOP');
    expect(await index.rows()).toMatchObject({ rows: [], total: 0, isComplete: false });
    await poll(() => told > 0);
    server.signal('SIGCONT');
    await complete(index);
    expect((await index.rows()).total).toBe(20);
    server.signal('SIGSTOP');
    const refreshed = index.refresh();
    for (const sort of FIELDS)
      expect(await index.rows({ sort })).toMatchObject({ total: 20, isComplete: true });
    server.signal('SIGCONT');
    await refreshed;
    await server.kill();
    await expect(index.refresh()).rejects.toThrow(/Redis/);
    await expect(index.rows()).rejects.toThrow(/Redis/);
    await server.begin();
    await open(options).set('new', toText('new-there'), HOUR);
    await poll(async () => (await index.rows().catch(() => undefined))?.total === 1);
    index.close();
  });
});
