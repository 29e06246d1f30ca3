import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isExpired } from './entry.ts';
import type { SealedFiles } from './sealed-files.ts';

/** The file in which keyv-file keeps the time of the last sweep, and reads it when it is made. */
const LAST_SWEEP_FILE = '.lastExpire';

/** Removes expired files, a few at a time, so that requests are served in between. */
export async function sweep(files: SealedFiles): Promise<void> {
  writeFileSync(join(files.layout.directory, LAST_SWEEP_FILE), String(Date.now()), { mode: 0o600 });
  for await (const name of files.names('')) {
    const header = files.peek(name);
    if (header && isExpired(header.expires)) files.remove(name);
  }
}
