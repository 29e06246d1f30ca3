import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { bundleProcess } from '../support/bundle.ts';
import { startProcess } from '../support/processes.ts';
import { toState } from '../support/processes/state-of.js';
import { Random } from '../support/random.ts';
import {
  openTestRuns,
  put,
  stateFilesIn,
  stateFolderOf,
  toStorage,
} from '../support/state-runs.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const KILLS = 8;

const bundledWriter = bundleProcess('state-writer');

interface Writer {
  lines: () => string[];
  kill: () => Promise<void>;
}

async function startWriter(folder: string, size: number): Promise<Writer> {
  const child = startProcess(bundledWriter(), [JSON.stringify(toStorage(folder)), String(size)]);
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout!, 'data'), closed]);
  return {
    lines: () => said.split('\n').slice(0, -1),
    kill: async () => {
      child.kill('SIGKILL');
      const [, signal] = (await closed) as [number, string];
      expect(signal).toBe('SIGKILL');
    },
  };
}

/** The last number that was said. */
function lastOf(lines: string[]): number {
  return Number(lines.findLast((line) => /^(begun|stored)/.test(line))?.split(' ')[1]);
}

/** What is there is one whole snapshot, not older than the last one that was said to be stored. */
function check(folder: string, stored: number, size: number, when: string): number {
  const { runs, said } = openTestRuns(folder);
  const found = runs.readAhead();
  const n = (found?.facts.n as number | undefined) ?? 0;
  if (n < stored) expect.fail(`${when}: snapshot ${n} is there, and ${stored} was stored`);
  const wrong = [...toState(n, size)].filter(([name, text]) => found?.parts.get(name) !== text);
  if (n > 0 && (wrong.length > 0 || found?.parts.size !== toState(n, size).size))
    expect.fail(`${when}: snapshot ${n} is not whole: ${wrong.map(([name]) => name).join(', ')}`);
  expect([said, found?.faults ?? []]).toEqual([[], []]);
  return n;
}

it.each([500, 20_000])(
  'runs that are killed while they write parts of %d characters leave a whole snapshot',
  async (size) => {
    const random = new Random(size);
    const folder = createTempFolder();
    let stored = 0;
    let before: Writer | undefined;
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = await startWriter(folder, size);
      // Now and then the next one begins while the last one writes.
      await before?.kill();
      const begun = Number(writer.lines()[0]?.split(' ')[1]);
      expect(begun).toBeGreaterThanOrEqual(stored);
      await delay(5 + random.below(100)); // the moment of the kill, not a wait for anything
      stored = 0;
      before = kill % 3 === 0 && kill < KILLS - 1 ? writer : undefined;
      if (before) continue;
      await writer.kill();
      expect(writer.lines()).not.toContain('over');
      stored = check(folder, lastOf(writer.lines()), size, `kill ${kill}`);
    }
    expect(stored).toBeGreaterThan(KILLS);
    // What all of them have left goes with the first snapshot that is on the disk.
    const { runs } = openTestRuns(folder);
    runs.previous();
    put(runs, { 'a#y': '[]' }, { n: 0 });
    await runs.settled();
    expect(stateFilesIn(folder)).toHaveLength(2 + 1 + 1 + toState(stored, size).size);
    expect(readdirSync(join(stateFolderOf(folder), 'quarantine'))).toEqual([]);
  },
);
