import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { bundleProcess } from '../support/bundle.ts';
import { times } from '../support/depth.ts';
import { startProcess } from '../support/processes.ts';
import { Random } from '../support/random.ts';
import {
  openTestRuns,
  put,
  readAgain,
  stateFilesIn,
  stateFolderOf,
  toStorage,
} from '../support/state-runs.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const KILLS = times(8, 250);

const bundledWriter = bundleProcess('state-writer');

it.each([500, 200_000])(
  'runs that are killed while they write texts of %d characters leave the last whole one',
  async (size) => {
    const random = new Random(size);
    const folder = createTempFolder();
    let stored = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const words = [JSON.stringify(toStorage(folder)), String(size)];
      const child = startProcess(bundledWriter(), words);
      let said = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
      const closed = once(child, 'close');
      await Promise.race([once(child.stdout!, 'data'), closed]);
      await delay(5 + random.below(100)); // the moment of the kill, not a wait for anything
      child.kill('SIGKILL');
      await closed;
      const lines = said.split('\n').slice(0, -1);
      const last = lines.findLast((line) => /^(begun|stored)/.test(line));
      stored = Number(last?.split(' ')[1]);
      const found = readAgain(folder) ?? { n: 0, text: '' };
      const n = found.n as number;
      expect(n).toBeGreaterThanOrEqual(stored);
      if (n > 0) expect(found.text).toBe(String.fromCharCode(97 + (n % 26)).repeat(size));
    }
    expect(stored).toBeGreaterThan(0);
    // What killed runs have left goes with the next snapshots.
    for (let run = 0; run < 2; run++) {
      const { runs } = openTestRuns(folder);
      runs.previous();
      put(runs, { n: run });
      await runs.settled();
    }
    // 2 heads, the process, this run and the one before it
    expect(stateFilesIn(folder)).toHaveLength(5);
    expect(readdirSync(join(stateFolderOf(folder), 'quarantine'))).toEqual([]);
  },
);
