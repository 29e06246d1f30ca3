import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startProcess } from '../support/processes.ts';
import { isFirstProcess } from '../../src/state/snapshots/first-process.ts';
import { clearState, keysOf, listState } from '../../src/state/snapshots/stored.ts';
import { openTestRuns, put, readAgain, stateFolderOf, toStorage } from '../support/state-runs.ts';
import { createTempFolder } from '../support/temp-folder.ts';

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

function keysIn(folder: string): string[] {
  return listState(toStorage(folder)).flatMap(({ left }) => keysOf(left));
}

it('lists what is kept and forgets it, of apps that do not run', async () => {
  const folder = createTempFolder();
  const storage = toStorage(folder);
  expect(listState(storage)).toEqual([]);
  expect(await clearState(storage, {})).toBe(0);
  expect(existsSync(stateFolderOf(folder))).toBe(false);
  const other = startOther(folder);
  await other.tell('put', { 'a#x': 1, 'a#y': 3, constructor: 4 });
  await other.end();
  put(openTestRuns(folder, 'b.js').runs, { 'b#x': 5 });
  expect(listState(storage)).toMatchObject([
    { app: 'app.js', isRunning: false, fault: undefined },
    { app: 'b.js' },
  ]);
  expect(keysIn(folder)).toEqual(['a#x', 'a#y', 'constructor', 'b#x']);
  expect(await clearState(storage, { app: 'app.js', key: 'a#x' })).toBe(1);
  expect(await clearState(storage, { app: 'app.js', key: 'a#x' })).toBe(0);
  expect(keysIn(folder)).toEqual(['a#y', 'constructor', 'b#x']);
  expect(readAgain(folder)).toEqual({ 'a#y': 3, constructor: 4 });
  expect(await clearState(storage, {})).toBe(3);
  expect(listState(storage)).toEqual([]);
});

it('forgets for good what a running app goes on to write, and keeps the rest', async () => {
  const folder = createTempFolder();
  const storage = toStorage(folder);
  const other = startOther(folder);
  await other.tell('put', { 'a#x': 1, 'a#y': 1 });
  expect(listState(storage)[0]?.isRunning).toBe(true);
  expect(await clearState(storage, { app: 'app.js', key: 'a#x' })).toBe(1);
  expect(keysIn(folder)).toEqual(['a#y']);
  await other.tell('put', { 'a#x': 2, 'a#y': 2 });
  expect(keysIn(folder)).toEqual(['a#y']);
  await clearState(storage, {});
  expect(keysIn(folder)).toEqual([]);
  await other.tell('put', { 'a#x': 3, 'a#y': 3 });
  expect(keysIn(folder)).toEqual([]);
  // Of the next run everything is kept again.
  await other.end();
  const { runs } = openTestRuns(folder);
  expect(runs.previous()?.graphs[0]?.roots).toEqual({});
  put(runs, { 'a#x': 4, 'a#y': 4 });
  expect(keysIn(folder)).toEqual(['a#x', 'a#y']);
});

it('lets only the first process keep', async () => {
  const folder = createTempFolder();
  expect(isFirstProcess(toStorage(folder))).toBe(true);
  const other = startOther(folder);
  expect(await other.tell('mayChildKeep')).toBe('true'); // it keeps nothing yet
  await other.tell('put', { 'a#x': 1 });
  expect(await other.tell('mayKeep')).toBe('true');
  expect(await other.tell('mayChildKeep')).toBe('false');
  expect(await other.tell('mayThreadKeep')).toBe('false');
  expect(isFirstProcess(toStorage(folder))).toBe(true);
});
