import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentLifetime } from './lifetime.ts';

const made: string[] = [];

// A write that is tried again makes its directory again, also after the test is over.
process.once('exit', () => made.forEach(removeFolder));

/** A folder of its own for the test that is running; removed when that test is over. */
export function createTempFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-test-'));
  made.push(folder);
  currentLifetime().atEnd(() => removeFolder(folder));
  return folder;
}

/** How often a folder is removed, and how long the pauses in between are, in milliseconds. */
const MOST = 500;
const PAUSE = 20;

/**
 * Removes a folder in which background work may still put a file. `maxRetries` of Node is of no use here: it
 * does not look again for what is in the folder.
 */
export function removeFolder(folder: string): void {
  for (let times = 1; ; times++) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (times === MOST) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}
