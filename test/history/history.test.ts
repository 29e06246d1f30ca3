import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { History, type HistoryEvent } from '../../src/history/history.ts';
import { explainMisses, toTimeLine } from '../../src/history/explain.ts';
import { toStorageOptions } from '../support/redis-storage.ts';
import { createTempFolder } from '../support/temp-folder.ts';

function open(stateDirectory = createTempFolder()): { history: History; folder: string } {
  const root = createTempFolder();
  const history = new History(toStorageOptions({ root, stateDirectory }));
  return { history, folder: join(stateDirectory, 'history') };
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

it('gives back what was added, the oldest first, with no id in it', () => {
  const { history, folder } = open();
  const id = history.hash('the-id-of-a-session');
  history.add([{ at: 2, what: 'stored', id, expires: 9 }]);
  history.add([{ at: 1, what: 'cleared', by: 'the app' }]);
  expect(history.read().map(({ at }) => at)).toEqual([1, 2]);
  const [name = ''] = readdirSync(folder);
  expect(readFileSync(join(folder, name), 'utf8')).not.toContain('the-id');
  expect(history.hash('the-id-of-a-session')).toBe(id);
  expect(open().history.hash('the-id-of-a-session')).not.toBe(id);
});

it('stays short, and keeps the latest', () => {
  const { history, folder } = open();
  const many = Array.from({ length: 1000 }, (_, n) => ({
    at: n,
    what: 'stored' as const,
    id: history.hash(String(n)),
    expires: n,
  }));
  for (let turn = 0; turn < 30; turn++) {
    history.add(many.map((event) => ({ ...event, at: turn * 1000 + event.at })));
  }
  expect(sizeOf(folder)).toBeLessThan(1.5 * 1024 * 1024);
  expect(history.read().at(-1)?.at).toBe(29_999);
  expect(history.read().length).toBeGreaterThan(3000);
});

it('leaves out what is not whole, and fails nothing when it cannot be written', () => {
  const { history, folder } = open();
  history.add([{ at: 1, what: 'cleared', by: 'the app' }]);
  const [name = ''] = readdirSync(folder);
  appendFileSync(join(folder, name), '{"at":2,"what":"clea\n[]\nnull\n{"at":"x"}\n');
  expect(history.read()).toHaveLength(1);
  const state = createTempFolder();
  const blocked = open(state).history;
  writeFileSync(join(state, 'history'), 'a file, where the folder should be');
  chmodSync(join(state, 'history'), 0o400);
  blocked.add([{ at: 1, what: 'cleared', by: 'the app' }]);
  const reading = (): unknown => blocked.read();
  expect(reading).toThrow(/ENOTDIR/);
});

it.skipIf(process.platform === 'win32')('is for its user only, whatever the umask', () => {
  const umask = process.umask(0o777);
  try {
    const { history, folder } = open();
    const id = history.hash('an id');
    history.add([{ at: 1, what: 'stored', id, expires: 9 }]);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
  } finally {
    process.umask(umask);
  }
});

it('tells of each miss what was known then, the newest first, and of no more than are asked for', () => {
  const events: HistoryEvent[] = [
    { at: 1, what: 'missed', because: 'no cookie', detail: 'sid', by: '`GET /`' },
    { at: 2, what: 'stored', id: 'a', expires: 5 },
    { at: 6, what: 'missed', id: 'a', because: 'no record' },
    { at: 7, what: 'stored', id: 'a', expires: 50 },
    { at: 8, what: 'changed', id: 'a', by: 'the inspector' },
    { at: 9, what: 'expired', id: 'a', by: 'the inspector' },
    { at: 10, what: 'missed', id: 'a', because: 'no record' },
    { at: 11, what: 'destroyed', id: 'a' },
    { at: 12, what: 'missed', id: 'a', because: 'retired', by: '`GET /me`' },
    { at: 13, what: 'missed', because: 'no cookie', detail: 'sid', by: '`GET /`' },
  ];
  const misses = explainMisses(events, 200);
  expect(misses.map(({ at, cause }) => [at, cause])).toEqual([
    [12, 'destroyed'],
    [10, 'expired'],
    [6, 'expired'],
  ]);
  expect(misses[1]?.sentence).toMatch(/^The session was expired by the inspector at/);
  expect(misses[2]?.sentence).toMatch(/^The session expired at/);
  expect(explainMisses(events, 2)).toEqual(misses.slice(0, 2));
});

it('tells the past of one session, and of no other', () => {
  const events: HistoryEvent[] = [
    { at: 1, what: 'cleared', by: 'the app' },
    { at: 2, what: 'stored', id: 'a', expires: 500, namespace: 'shop' },
    { at: 2, what: 'stored', id: 'b', expires: 500, namespace: 'shop' },
    { at: 3, what: 'destroyed', id: 'b' },
    { at: 4, what: 'cleared', by: 'the app', namespaces: ['other'] },
    { at: 5, what: 'stored', id: 'a', expires: 600, namespace: 'shop' },
    { at: 6, what: 'missed', id: 'a', because: 'unreadable', detail: 'altered', by: '`GET /`' },
    { at: 7, what: 'cleared', by: '`holdover clear`', namespaces: ['shop'] },
    { at: 8, what: 'stored', id: 'a', expires: 700, namespace: 'shop' },
  ];
  const told = (isLive: boolean, now: number): string[] =>
    toTimeLine(events, 'a', isLive, now).map(({ at, sentence }) =>
      `${at} ${sentence}`.replace(/, to expire at [\d :-]+/, ''),
    );
  const past = [
    '2 The session was stored.',
    '5 The session was stored or touched.',
    '6 The record of the session was set aside, because it is altered.',
    '7 All sessions were cleared by `holdover clear`.',
    '8 The session was stored again.',
  ];
  expect(told(true, 900)).toEqual(past);
  expect(told(false, 600)).toEqual(past);
  expect(told(false, 900)).toEqual([...past, '700 The session expired.']);
});
