import {
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRecordFiles } from '../support/record-files.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../support/small-disk.ts';
import { openTestRuns, put, stateFilesIn, stateFolderOf } from '../support/state-runs.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** What the next process finds. */
function readAgain(folder: string, app?: string): Record<string, string> | undefined {
  const previous = openTestRuns(folder, { app: app ?? 'app.js' }).runs.readAhead();
  return previous && Object.fromEntries(previous.parts);
}

/** Damages the file that has a text of this length, of all the same. */
function damage(folder: string, text: string): void {
  const found = listRecordFiles(stateFolderOf(folder)).filter(
    (path) => Math.abs(statSync(path).size - text.length) < 200,
  );
  expect(found).toHaveLength(1);
  const [path = ''] = found;
  const bytes = readFileSync(path);
  bytes[200] = (bytes[200] as number) ^ 1;
  writeFileSync(path, bytes);
}

describe('the runs of an app', () => {
  it('have nothing at first, claim nothing for nothing, and read what the last one has left', async () => {
    const folder = createTempFolder();
    const first = openTestRuns(folder);
    put(first.runs, {});
    expect(stateFilesIn(folder)).toEqual([]);
    expect(first.runs.previous()).toBeUndefined();
    put(first.runs, { 'a#x': '[1]', 'a#y': '[2]' }, { 'a#x': { seen: 1 }, 'a#y': 2 });
    const second = openTestRuns(folder).runs;
    expect(second.previous()).toMatchObject({
      facts: { 'a#x': { seen: 1 }, 'a#y': 2 },
      faults: [],
    });
    expect(Object.fromEntries(second.previous()?.parts ?? [])).toEqual({
      'a#x': '[1]',
      'a#y': '[2]',
    });
    // What this run says nothing of stays, with its facts.
    put(second, { 'a#x': '[3]' }, { 'a#x': 'new' }, []);
    expect(readAgain(folder)).toEqual({ 'a#x': '[3]', 'a#y': '[2]' });
    put(second, {}, {}, ['a#y']);
    expect(readAgain(folder)).toEqual({ 'a#x': '[3]' });
    expect(openTestRuns(folder).runs.readAhead()?.facts).toEqual({ 'a#x': 'new' });
    // What the last run has left of a binding is replaced by the first parts of it.
    put(second, { 'a#z': '[1]', 'a#z~0': '[1]', 'a#z~1': '[1]' });
    const third = openTestRuns(folder).runs;
    third.previous();
    put(third, { 'a#z': '[2]', 'a#z~0': '[2]' });
    put(third, { 'a#z~2': '[3]' });
    const z = { 'a#z': '[2]', 'a#z~0': '[2]', 'a#z~2': '[3]' };
    expect(readAgain(folder)).toEqual({ 'a#x': '[3]', ...z });
    expect(readAgain(folder, 'other.js')).toBeUndefined();
    expect(first.said).toEqual([]);
    if (process.platform === 'win32') return;
    for (const name of readdirSync(stateFolderOf(folder), { recursive: true }) as string[]) {
      const { mode } = statSync(join(stateFolderOf(folder), name));
      expect(mode & 0o077).toBe(0);
    }
  });

  it('remove what no snapshot needs, whatever a killed run has left', async () => {
    const folder = createTempFolder();
    const first = openTestRuns(folder).runs;
    for (let n = 0; n < 5; n++) {
      put(first, { 'a#x': `[${n}]`, 'a#y': `[${n}]` });
      await first.settled();
    }
    // 2 copies of the head, 2 lists, 2 parts and the 2 that they have replaced
    expect(stateFilesIn(folder)).toHaveLength(8);
    const killed = openTestRuns(folder).runs;
    killed.previous();
    killed.write({ put: new Map([['a#z', '[]'], ['a#x', '[]']]), drop: [] }, {}).next(); // prettier-ignore
    const second = openTestRuns(folder).runs;
    put(second, { 'a#y': '[9]' });
    await second.settled();
    expect(readAgain(folder)).toEqual({ 'a#x': '[4]', 'a#y': '[9]' });
    expect(stateFilesIn(folder)).toHaveLength(2 + 1 + 2 + 1);
    // The same again is not written again.
    const third = openTestRuns(folder).runs;
    put(third, { 'a#x': '[4]', 'a#x~1': '[1]', 'a#x~2': '[2]' });
    const fourth = openTestRuns(folder).runs;
    fourth.previous();
    const same = stateFilesIn(folder);
    put(fourth, { 'a#x': '[4]', 'a#x~1': '[1]', 'a#x~2': '[2]' });
    expect(stateFilesIn(folder)).toEqual(same);
    put(fourth, { 'a#x~1': '[3]' });
    const x = { 'a#x': '[4]', 'a#x~1': '[3]', 'a#x~2': '[2]' };
    expect(readAgain(folder)).toEqual({ ...x, 'a#y': '[9]' });
  });

  it('never write after a later one has begun, and say nothing', async () => {
    const folder = createTempFolder();
    const old = openTestRuns(folder);
    put(old.runs, { 'a#x': '[1]' });
    const late = old.runs.write({ put: new Map([['a#x', '[2]'], ['a#y', '[2]']]), drop: [] }, {}); // prettier-ignore
    late.next();
    const { runs } = openTestRuns(folder);
    expect(Object.fromEntries(runs.previous()?.parts ?? [])).toEqual({ 'a#x': '[1]' });
    while (!late.next().done);
    expect(old.runs.isOver).toBe(true);
    put(old.runs, { 'a#x': '[3]' });
    expect(readAgain(folder)).toEqual({ 'a#x': '[1]' });
    put(runs, { 'a#x': '[4]' });
    put(old.runs, { 'a#x': '[5]' });
    await Promise.all([runs.settled(), old.runs.settled()]);
    expect(readAgain(folder)).toEqual({ 'a#x': '[4]' });
    expect(old.said).toEqual([]);
    expect(runs.isOver).toBe(false);
  });

  it('read what a run has completed that had begun to when they did', () => {
    const folder = createTempFolder();
    put(openTestRuns(folder).runs, { 'a#x': '[1]' });
    const second = openTestRuns(folder).runs;
    second.previous();
    const third = openTestRuns(folder).runs;
    expect(Object.fromEntries(third.previous()?.parts ?? [])).toEqual({ 'a#x': '[1]' });
    const fourth = openTestRuns(folder).runs;
    expect(Object.fromEntries(fourth.previous()?.parts ?? [])).toEqual({ 'a#x': '[1]' });
    put(fourth, { 'a#x': '[4]' });
    expect(readAgain(folder)).toEqual({ 'a#x': '[4]' });
  });

  it('end where somebody has removed everything, and begin anew', () => {
    const folder = createTempFolder();
    const { runs, said } = openTestRuns(folder);
    put(runs, { 'a#x': '[1]' });
    for (const name of stateFilesIn(folder)) {
      for (const place of [stateFolderOf(folder), join(stateFolderOf(folder), 'staged')])
        try { unlinkSync(join(place, name)); } catch {} // prettier-ignore
    }
    put(runs, { 'a#x': '[2]' });
    expect(runs.isOver).toBe(true);
    expect(readAgain(folder)).toBeUndefined();
    expect(said).toEqual([]);
  });
});

describe('what cannot be read', () => {
  const long = (letter: string, length: number): string => JSON.stringify(letter.repeat(length));

  it('costs a part at most, is set aside and said', () => {
    const folder = createTempFolder();
    put(openTestRuns(folder).runs, {
      'a#x': long('x', 5000),
      'a#x~1': long('y', 9000),
      'a#z': '[]',
    });
    damage(folder, long('y', 9000));
    const { runs, said } = openTestRuns(folder);
    expect(runs.previous()?.faults).toEqual([
      { part: 'a#x~1', reason: 'altered', isOlderUsed: false },
    ]);
    expect([...(runs.previous()?.parts.keys() ?? [])]).toEqual(['a#x', 'a#z']);
    expect(said).toEqual([
      'A part of a#x could not be read (altered): it is left out, and all the rest is there.',
    ]);
    expect(readdirSync(join(stateFolderOf(folder), 'quarantine'))).toHaveLength(1);
    put(runs, { 'a#z': '[1]' });
    const next = openTestRuns(folder);
    expect([...(next.runs.previous()?.parts.keys() ?? [])]).toEqual(['a#x', 'a#z']);
    expect(next.said).toEqual([]);
  });

  it('is taken from the snapshot before it', () => {
    const folder = createTempFolder();
    const { runs } = openTestRuns(folder);
    put(runs, { 'a#x': long('x', 5000), 'a#y': '[1]' });
    put(runs, { 'a#x': long('z', 7000), 'a#y': '[2]' });
    damage(folder, long('z', 7000));
    const { runs: next, said } = openTestRuns(folder);
    expect(Object.fromEntries(next.previous()?.parts ?? [])).toEqual({
      'a#x': long('x', 5000),
      'a#y': '[2]',
    });
    expect(said).toEqual([
      'A part of a#x could not be read (altered): the version before it is used.',
    ]);
  });

  it('as a list costs the last change, and never the rest', () => {
    const folder = createTempFolder();
    const { runs } = openTestRuns(folder);
    const facts = (letter: string, length: number) => ({ 'a#x': letter.repeat(length) });
    put(runs, { 'a#x': '[1]' }, facts('a', 3000));
    put(runs, { 'a#x': '[2]' }, facts('b', 5000));
    const list = JSON.stringify({ facts: facts('b', 5000) });
    damage(folder, list.padEnd(list.length + 200));
    const { runs: next, said } = openTestRuns(folder);
    expect(Object.fromEntries(next.previous()?.parts ?? [])).toEqual({ 'a#x': '[1]' });
    expect(said).toEqual([
      'The list of what was kept could not be read (altered): the version before it is used.',
    ]);
  });

  it('of another version is left, said, and found again by that version', () => {
    const folder = createTempFolder();
    put(openTestRuns(folder).runs, { 'a#x': '[1]' });
    const { runs, said } = openTestRuns(folder, { version: 2 });
    expect(runs.previous()).toBeUndefined();
    expect(said).toEqual([expect.stringContaining('another version of holdover')]);
    put(runs, { 'a#x': '"other"' });
    const again = openTestRuns(folder, { version: 2 });
    again.runs.previous();
    expect(again.said).toEqual([]);
    expect(readAgain(folder)).toEqual({ 'a#x': '[1]' });
  });
});

describe('a power cut', () => {
  it.each([1, 2, 3, 4])('takes back %d snapshots at most that were not synced', async (count) => {
    const folder = createTempFolder();
    put(openTestRuns(folder).runs, { 'a#x': '["of an older run"]', 'a#y': '["of an older run"]' });
    const { runs } = openTestRuns(folder);
    runs.previous();
    put(runs, { 'a#x': '[1]' });
    await runs.settled();
    put(runs, { 'a#x': '[2]' });
    await runs.settled();
    for (let n = 3; n < 3 + count; n++) put(runs, { 'a#x': `[${n}]`, 'a#y': `[${n}]` });
    const staged = join(stateFolderOf(folder), 'staged');
    for (const name of readdirSync(staged)) truncateSync(join(staged, name));
    expect(readAgain(folder)).toEqual({ 'a#x': '[2]', 'a#y': '["of an older run"]' });
  });
});

describe.skipIf(whyNoSmallDisk())('a disk that is full', () => {
  it('keeps the last snapshot whole, is said once, and gets the rest when there is room', async () => {
    const disk = mountSmallDisk(1024 * 1024);
    const { runs, said } = openTestRuns(disk.path);
    put(runs, { 'a#x': '[1]', 'a#y': '[1]', 'a#z': '[1]' });
    for (const left of [0, 16, 40, 68]) {
      disk.fill(left * 1024);
      const x = JSON.stringify('x'.repeat(30_000));
      for (const n of [2, 3]) put(runs, { 'a#x': x, 'a#y': x, 'a#z': `[${n}]` }, {}, ['a#w']);
      expect(runs.isPutOff).toBe(true);
      expect(readAgain(disk.path)).toEqual({ 'a#x': '[1]', 'a#y': '[1]', 'a#z': '[1]' });
    }
    expect(said).toEqual([expect.stringMatching(/^State could not be stored in .* \(ENOSPC\)\./)]);
    disk.empty();
    put(runs, { 'a#y': '[4]' });
    expect(runs.isPutOff).toBe(false);
    const last = readAgain(disk.path);
    expect([last?.['a#x']?.length, last?.['a#y'], last?.['a#z']]).toEqual([30_002, '[4]', '[3]']);
    await runs.settled();
    // 2 heads, 2 lists or 1, 3 parts, and the 3 before them
    expect(stateFilesIn(disk.path).length).toBeLessThanOrEqual(10);
  });

  it('lets an app begin whose claim it does not take', () => {
    const disk = mountSmallDisk(1024 * 1024);
    put(openTestRuns(disk.path).runs, { 'a#x': '[1]' });
    disk.fill(0);
    const { runs } = openTestRuns(disk.path);
    expect(Object.fromEntries(runs.previous()?.parts ?? [])).toEqual({ 'a#x': '[1]' });
    put(runs, { 'a#x': '[2]' });
    expect(readAgain(disk.path)).toEqual({ 'a#x': '[1]' });
    disk.empty();
    put(runs, {});
    expect(readAgain(disk.path)).toEqual({ 'a#x': '[2]' });
  });
});
