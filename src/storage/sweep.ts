import { join } from 'node:path';
import { DEFAULT_LIFETIME } from '../session/lifetime.ts';
import { removeFile, writeNew } from './disk.ts';
import { removeQuarantined } from './quarantine.ts';
import { listRetired } from './retired.ts';
import type { SealedFiles } from './sealed-files.ts';

/** The file in which keyv-file keeps the time of the last sweep, and reads it when it is made. */
const LAST_SWEEP_FILE = '.lastExpire';

/**
 * Removes expired files, a few at a time, so that requests are served in between, and what was set
 * aside as long ago as a session lasts by default.
 */
export async function sweep(files: SealedFiles): Promise<void> {
  const path = join(files.layout.directory, LAST_SWEEP_FILE);
  removeFile(path);
  writeNew(path, Buffer.from(String(Date.now())));
  for await (const name of files.names('')) files.removeExpired(name);
  for (const name of listRetired(files.layout)) {
    files.removeRetired(name);
    await new Promise(setImmediate);
  }
  removeQuarantined(files.layout, '', DEFAULT_LIFETIME);
}
