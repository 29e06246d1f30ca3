import { readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRecordFiles } from '../support/record-files.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../support/small-disk.ts';
import { openTestRuns, put, readAgain, stateFolderOf } from '../support/state-runs.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** Damages the only file that has about this many bytes. */
function damage(folder: string, length: number): void {
  const found = listRecordFiles(stateFolderOf(folder)).filter(
    (path) => Math.abs(statSync(path).size - length) < 500,
  );
  expect(found).toHaveLength(1);
  const [path = ''] = found;
  const bytes = readFileSync(path);
  bytes[200] = (bytes[200] as number) ^ 1;
  writeFileSync(path, bytes);
}

describe('the runs of an app', () => {
  it('have nothing at first, and read what the last one has left', () => {
    const folder = createTempFolder();
    const first = openTestRuns(folder);
    expect(first.runs.previous()).toBeUndefined();
    put(first.runs, { x: 1 });
    put(first.runs, { x: 2 });
    expect(readAgain(folder)).toEqual({ x: 2 });
    expect(readAgain(folder, 'other.js')).toBeUndefined();
    const second = openTestRuns(folder).runs;
    second.readAhead();
    put(first.runs, { x: 3 });
    expect(second.previous()?.graphs[0]?.roots).toEqual({ x: 3 });
    expect(first.said).toEqual([]);
    if (process.platform === 'win32') return;
    for (const name of readdirSync(stateFolderOf(folder), { recursive: true }) as string[]) {
      const { mode } = statSync(join(stateFolderOf(folder), name));
      expect(mode & 0o077).toBe(0);
    }
  });

  it('never write after a later one has written', async () => {
    const folder = createTempFolder();
    const old = openTestRuns(folder);
    old.runs.previous();
    put(old.runs, { x: 1 });
    const { runs } = openTestRuns(folder);
    runs.previous();
    put(old.runs, { x: 2 }); // the later one has written nothing yet
    expect(readAgain(folder)).toEqual({ x: 2 });
    put(runs, { x: 3 });
    put(old.runs, { x: 4 });
    await Promise.all([runs.settled(), old.runs.settled()]);
    expect(readAgain(folder)).toEqual({ x: 3 });
    expect(old.said).toEqual([]);
  });

  it('end where a command has removed everything', () => {
    const folder = createTempFolder();
    const { runs, said } = openTestRuns(folder);
    put(runs, { x: 1 });
    for (const path of listRecordFiles(stateFolderOf(folder))) unlinkSync(path);
    put(runs, { x: 2 });
    expect(runs.isOver).toBe(true);
    expect(readAgain(folder)).toBeUndefined();
    expect(said).toEqual([]);
  });
});

describe('what cannot be read', () => {
  it('is said and set aside, and the run before it is used', () => {
    const folder = createTempFolder();
    put(openTestRuns(folder).runs, { x: 'a'.repeat(5000) });
    const second = openTestRuns(folder).runs;
    second.previous();
    put(second, { x: 'b'.repeat(9000) });
    damage(folder, 9000);
    const { runs, said } = openTestRuns(folder);
    expect(runs.previous()?.graphs[0]?.roots).toEqual({ x: 'a'.repeat(5000) });
    expect(said).toEqual([
      'What was kept of app.js cannot be read (altered): the app begins with what was kept before, or with what its code makes.',
    ]);
    expect(readdirSync(join(stateFolderOf(folder), 'quarantine'))).toHaveLength(1);
  });
});

describe.skipIf(whyNoSmallDisk())('a disk that is full', () => {
  it('keeps the last snapshot whole, is said once, and gets the next one when there is room', () => {
    const disk = mountSmallDisk(1024 * 1024);
    const { runs, said } = openTestRuns(disk.path);
    put(runs, { x: 1 });
    for (const left of [0, 16, 40]) {
      disk.fill(left * 1024);
      put(runs, { x: 'x'.repeat(100_000) });
      expect(runs.isPutOff).toBe(true);
      expect(readAgain(disk.path)).toEqual({ x: 1 });
    }
    expect(said).toEqual([expect.stringMatching(/^State could not be stored in .* \(ENOSPC\)\./)]);
    disk.empty();
    put(runs, { x: 4 });
    expect(runs.isPutOff).toBe(false);
    expect(readAgain(disk.path)).toEqual({ x: 4 });
  });
});
