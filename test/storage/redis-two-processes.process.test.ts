import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Sessions } from '../../src/session/sessions.ts';
import { SessionStore } from '../../src/session/store.ts';
import { times } from '../support/depth.ts';
import { Random } from '../support/random.ts';
import { startRival, type Rival } from '../support/rival.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';

const SECRET = 'a secret that both of the processes have';
const HOUR = 60 * 60 * 1000;
const SETS = times(500, 5_000);
const LOGOUTS = times(40, 400);
const IDS = ['one', 'two', 'three', 'four', 'five'];

/** Another process on a Redis. */
function startRivalOn(url: string): Promise<Rival> {
  const redis = { url, timeout: 60_000 };
  return startRival({ type: 'redis', redis }, { SESSION_SECRET: SECRET });
}

function openStore(url: string, said: string[]): SessionStore {
  const log = (message: string): void => void said.push(message);
  return new SessionStore(new Sessions(openRedisStorage({ url, log, secrets: [SECRET] }), HOUR));
}

describeWithRedis('two processes on one Redis', () => {
  it(`that store the same sessions ${SETS} times tear none and lose none`, async () => {
    const { url, cli } = openRedisDatabase();
    const rivals = await Promise.all([startRivalOn(url), startRivalOn(url)]);
    const results = rivals.map(({ rival }) => once(rival, 'message'));
    for (const { rival } of rivals) rival.send({ ids: IDS, sets: SETS / 2 });
    for (const [result] of await Promise.all(results)) expect(result).toEqual({ wrong: 0 });
    const said: string[] = [];
    const store = openStore(url, said);
    for (const id of IDS) {
      const text = String((await store.get(id))?.data.text);
      expect(text).toMatch(/^(.)\1{49,}$/);
    }
    expect(cli('KEYS', 'holdover-unreadable:*')).toBe('');
    expect([...said, ...rivals.map((one) => one.said())].join('')).toBe('');
  }, 600_000);

  it(`of which one destroys ${LOGOUTS} sessions while the other stores them undo no logout`, async () => {
    const { url, cli } = openRedisDatabase();
    const said: string[] = [];
    const store = openStore(url, said);
    const one = await startRivalOn(url);
    const random = new Random(LOGOUTS);
    let undone = 0;
    for (let n = 0; n < LOGOUTS; n++) {
      const id = `visitor ${n}`;
      await store.set(id, { user: 'Ada' });
      const storing = once(one.rival, 'message');
      one.rival.send({ id });
      await storing;
      const end = performance.now() + random.next() * 2; // some moment of the other process's work
      while (performance.now() < end) await turn();
      await store.destroy(id);
      if (await store.get(id)) undone++;
    }
    const storing = once(one.rival, 'message');
    one.rival.send({ id: 'the last' });
    await storing;
    const fresh = openStore(url, said);
    for (let n = 0; n < LOGOUTS; n++) if (await fresh.get(`visitor ${n}`)) undone++;
    expect(undone).toBe(0);
    expect(await fresh.length()).toBe(1);
    expect(await fresh.set('visitor 0', {})).toBe(false);
    expect(cli('KEYS', 'holdover-unreadable:*')).toBe('');
    expect([...said, one.said()].join('')).toBe('');
  }, 600_000);
});
