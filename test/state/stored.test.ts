import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startProcess } from '../support/processes.ts';
import { isFirstProcess } from '../../src/state/snapshots/first-process.ts';
import { clearState, listState, readState } from '../../src/state/snapshots/stored.ts';
import {
  openTestRuns,
  put,
  stateFilesIn,
  stateFolderOf,
  toStorage,
} from '../support/state-runs.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const say = (): void => {};

/** A process that has opened the state of an app, and does what it is told. */
function startOther(folder: string) {
  const child = startProcess('state-keeper', [JSON.stringify(toStorage(folder))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  child.stdout?.setEncoding('utf8');
  const tell = async (...call: unknown[]): Promise<string> => {
    const answer = once(child.stdout!, 'data') as Promise<[string]>;
    child.stdin?.write(`${JSON.stringify(call)}\n`);
    const said = await Promise.race([answer, ended.then(() => expect.fail('it has ended'))]);
    return said[0].trim();
  };
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { tell, end };
}

it('lists what is kept, shows it and forgets it, of apps that do not run', async () => {
  const folder = createTempFolder();
  const storage = toStorage(folder);
  expect(listState(storage, 1)).toEqual([]);
  expect(await clearState(storage, { version: 1, say })).toBe(0);
  expect(existsSync(stateFolderOf(folder))).toBe(false);
  const other = startOther(folder);
  await other.tell('put', { 'a#x': '[1]', 'a#x~1': '[22]', 'a#y': '[3]', constructor: '[4]' });
  await other.end();
  put(openTestRuns(folder, { app: 'b.js' }).runs, { 'b#x': '[5]' }, { 'b#x': { said: true } });
  put(openTestRuns(folder, { version: 2 }).runs, { 'a#x': '[6]' });
  const [a, b] = listState(storage, 1);
  expect(a).toMatchObject({ app: 'app.js', isRunning: false });
  expect(a?.bindings).toMatchObject([
    { key: 'a#x', size: 7 },
    { key: 'a#y', size: 3 },
    { key: 'constructor', size: 3 },
  ]);
  expect(b?.bindings).toEqual([{ key: 'b#x', size: 3, facts: { said: true } }]);
  const name = { app: 'app.js', version: 1 };
  expect(readState(storage, name)?.parts.get('a#x~1')).toBe('[22]');
  expect(await clearState(storage, { ...name, key: 'a#x', say })).toBe(1);
  expect(await clearState(storage, { ...name, key: 'a#x', say })).toBe(0);
  expect([...(readState(storage, name)?.parts.keys() ?? [])]).toEqual(['a#y', 'constructor']);
  const { runs, said } = openTestRuns(folder);
  expect([...(runs.previous()?.parts.keys() ?? [])]).toEqual(['a#y', 'constructor']);
  put(runs, { 'a#x': '[7]' });
  expect(readState(storage, name)?.parts.get('a#x')).toBe('[7]');
  expect(said).toEqual([]);
  expect(await clearState(storage, { version: 1, say })).toBe(4);
  expect(listState(storage, 1)).toEqual([]);
});

it('forgets for good what a running app goes on to write, and keeps the rest', async () => {
  const folder = createTempFolder();
  const storage = toStorage(folder);
  const name = { app: 'app.js', version: 1 };
  const other = startOther(folder);
  const keys = () => [...(openTestRuns(folder).runs.readAhead()?.parts.keys() ?? [])];
  await other.tell('put', { 'a#x': '[1]', 'a#x~1': '[1]', 'a#y': '[1]' });
  expect(listState(storage, 1)[0]?.isRunning).toBe(true);
  expect(await clearState(storage, { ...name, key: 'a#x', say })).toBe(1);
  expect(keys()).toEqual(['a#y']);
  await other.tell('put', { 'a#x': '[2]', 'a#x~2': '[2]', 'a#y': '[2]' });
  expect(keys()).toEqual(['a#y']);
  expect(readState(storage, name)?.parts.get('a#y')).toBe('[2]');
  await clearState(storage, { version: 1, say });
  expect(keys()).toEqual([]);
  await other.tell('put', { 'a#x': '[3]', 'a#y': '[3]' });
  expect(keys()).toEqual([]);
  // Of the next run everything is kept again.
  await other.end();
  const { runs } = openTestRuns(folder);
  expect(runs.previous()?.parts.size).toBe(0);
  put(runs, { 'a#x': '[4]', 'a#y': '[4]' });
  await runs.settled();
  expect(keys()).toEqual(['a#x', 'a#y']);
  // 2 heads, what is to be forgotten, a list, 2 parts
  expect(stateFilesIn(folder)).toHaveLength(6);
});

it('lets only the first process keep', async () => {
  const folder = createTempFolder();
  expect(isFirstProcess(toStorage(folder))).toBe(true);
  const other = startOther(folder);
  expect(await other.tell('mayChildKeep')).toBe('true'); // nothing is claimed yet
  await other.tell('put', { 'a#x': '[1]' });
  expect(await other.tell('mayKeep')).toBe('true');
  expect(await other.tell('mayChildKeep')).toBe('false');
  expect(await other.tell('mayThreadKeep')).toBe('false');
  expect(isFirstProcess(toStorage(folder))).toBe(true);
});
