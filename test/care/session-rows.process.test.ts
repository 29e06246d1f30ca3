import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { resolveProject } from '../../src/care/project.ts';
import type { RowField, SessionRow } from '../../src/care/session-row.ts';
import { SessionRows } from '../../src/care/session-rows.ts';
import { changeSession, destroySession, type CareOptions } from '../../src/care.ts';
import { toRecord } from '../../src/session/record.ts';
import type { SessionStorage } from '../../src/session/storage.ts';
import { openStorage } from '../../src/storage/open.ts';
import { rows } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { HAS_REDIS, RedisServer } from '../support/redis-server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const HOUR = 60 * 60 * 1000;
const COUNT = 100;
const FIELDS: RowField[] = ['who', 'id', 'created', 'lastSeen', 'expires', 'size', 'namespace'];
const PLACES = [{ name: 'a directory' }, ...(HAS_REDIS ? [{ name: 'Redis' }] : [])];

/** A project of a test's own. */
async function begin(place: string): Promise<CareOptions & { server?: RedisServer }> {
  vi.stubEnv('XDG_STATE_HOME', createTempFolder());
  const root = createTempFolder();
  writeFileSync(join(root, 'package.json'), '{ "name": "project" }');
  if (place === 'a directory') return { root, type: 'filesystem' };
  const server = await RedisServer.start();
  return { root, type: 'redis', redis: { url: server.url, timeout: 10_000 }, server };
}

function open(options: CareOptions, namespace = 'default'): SessionStorage {
  return openStorage({ ...resolveProject(options), namespace, log: () => {} });
}

function toText(user?: string, created = Date.now()): string {
  const cookie = { originalMaxAge: HOUR, expires: true };
  return toRecord(JSON.stringify({ cookie, user, text: 'x'.repeat(created % 7) }), created);
}

/** Six characters that no other id begins with, and more. */
function toId(n: number): string {
  return `${(n * 7919) % 1_000_000}`.padStart(6, '0') + 'y'.repeat(26);
}

/** Every fifth session has no user. */
async function fill(options: CareOptions, count = COUNT): Promise<void> {
  const storage = open(options);
  for (let n = 0; n < count; n++) {
    const user = n % 5 === 4 ? undefined : `User${n}`;
    await storage.set(toId(n), toText(user, Date.now() - n * 7919), HOUR + n * 1000);
  }
}

describe.each(rows(PLACES, 'a directory'))('the rows of the sessions in $name', ({ name }) => {
  it('are sorted and filtered, and have no id in them', async () => {
    const options = await begin(name);
    await fill(options);
    await open(options, 'mcp-clients').set('of-a-client', toText(), HOUR);
    await open(options, 'oidc-tokens').set('a-token', toText('nobody'), HOUR);
    await open(options, 'shop').set('one-of-the-shop', toText('User7 of the shop'), HOUR);
    await open(options).set('over', toText('nobody'), 1);
    await poll(async () => (await open(options).get('over')) === undefined);
    const list = new SessionRows(options);
    for (const sort of FIELDS) {
      for (const order of ['asc', 'desc'] as const) {
        const found = (await list.rows({ sort, order, count: COUNT * 2 })).rows;
        expect(new Set(found.map(({ key }) => key)).size).toBe(COUNT + 2);
        const known = found.map((row) => row[sort]).filter((value) => value !== null);
        expect(known).toEqual(found.slice(0, known.length).map((row) => row[sort])); // the others come last
        const keys = known.map((value) =>
          typeof value === 'string' ? value.toLowerCase() : value,
        );
        const sorted = keys.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
        expect(keys).toEqual(order === 'asc' ? sorted : sorted.toReversed());
      }
    }
    const query = { filter: ' uSER7 ', sort: 'who', order: 'asc' } as const;
    const filtered = await list.rows({ ...query, count: 3 });
    expect(filtered).toMatchObject({ total: COUNT + 2, clients: 1, matching: 10 });
    expect(filtered.rows.map(({ who }) => who)).toEqual(['User7', 'User7 of the shop', 'User70']);
    expect((await list.rows({ ...query, from: 1, count: 2 })).rows).toEqual(filtered.rows.slice(1));
    const first = async (filter: string): Promise<SessionRow | undefined> =>
      (await list.rows({ filter })).rows[0];
    const ofShop = await first('shop');
    expect(ofShop).toMatchObject({ who: 'User7 of the shop', namespace: 'shop', id: 'one-of…' });
    expect(await first('mcp')).toMatchObject({ who: null, isClient: true });
    expect(await first(toId(77).slice(0, 6))).toMatchObject({ who: 'User77' });
    expect(await first(toId(77).slice(0, 8))).toBeUndefined(); // six characters, and no more
    await open(options, 'by-id').set(toId(1), toText(toId(1)), HOUR);
    await list.refresh();
    expect(JSON.stringify(await list.rows({ count: COUNT * 2 }))).not.toContain('yyy');
    // A key counts in its own list only.
    expect(list.find(ofShop?.key ?? '')).toEqual({ id: 'one-of-the-shop', namespace: 'shop' });
    expect(new SessionRows(options).find(ofShop?.key ?? '')).toBeUndefined();
  });

  it('show what has changed, and tell their listeners', async () => {
    const options = await begin(name);
    await fill(options, 20);
    const list = new SessionRows(options);
    let told = 0;
    list.listen(() => told++);
    const changed = async (): Promise<unknown> =>
      (await list.rows()).rows.flatMap(({ who }) => (who?.includes('-') ? [who] : []));
    await list.rows();
    await changeSession(toId(3), { path: ['user'], value: 'changed-here' }, options);
    await list.refresh();
    expect(await changed()).toEqual(['changed-here']);
    await destroySession(toId(3), options);
    await poll(async () => (await list.rows()).total === 19); // the history says so
    await open(options).set('new', toText('new-there'), HOUR);
    const before = told;
    await poll(() => told > before);
    expect(await changed()).toEqual(['new-there']);
    list.close();
  });
});

describe('the rows of the sessions', () => {
  it('are none where nothing was stored', async () => {
    const list = new SessionRows(await begin('a directory'));
    expect(await list.rows()).toEqual({ rows: [], matching: 0, total: 0, clients: 0 });
  });

  it.runIf(HAS_REDIS)('say what is wrong with Redis, and go on afterwards', async () => {
    const { server, ...options } = await begin('Redis');
    await fill(options, 20);
    const list = new SessionRows(options);
    expect((await list.rows()).total).toBe(20);
    await server?.kill();
    await expect(list.refresh()).rejects.toThrow(/Redis/);
    await expect(list.rows()).rejects.toThrow(/Redis/);
    await server?.begin();
    await poll(async () => (await list.rows().catch(() => undefined))?.total === 0);
  });
});
