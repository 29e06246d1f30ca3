import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const made: string[] = [];

// A write that is tried again makes its directory again, also after the test is over.
process.once('exit', () => made.forEach(removeFolder));

/** A folder of its own for the test that is running; removed when that test is over. */
export function createTempFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-test-'));
  made.push(folder);
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** Removes a folder in which background work may still put a file. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 40, retryDelay: 20 });
}
