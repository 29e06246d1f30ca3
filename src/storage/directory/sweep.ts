import { join } from 'node:path';
import { createDebug } from 'obug';
import { DEFAULT_LIFETIME } from '../../session/expiry/lifetime.ts';
import { defer, startTimer } from '../../session/timers.ts';
import { readWhole, removeFile, writeNew } from '../files/disk.ts';
import { removeQuarantined } from './quarantine.ts';
import { listRetired, removeIfEnded } from './retired.ts';
import { scan } from './scan.ts';
import type { SealedFiles } from './sealed-files.ts';

const debug = createDebug('holdover:storage');

/** The file in a session directory that has the time of the last sweep. */
const LAST_SWEEP_FILE = '.lastExpire';

/** How long after the start expired files are looked for, and how often after that, in milliseconds. */
const FIRST = 10_000;
const INTERVAL = 60 * 60 * 1000;

/** How often it is looked whether a sweep is due: another process may have done it. */
const LOOK_AGAIN = 10 * 60 * 1000;

/** Has a directory swept as long as this process runs. */
export function keepSwept(files: SealedFiles): void {
  const look = (): void =>
    void sweepIfDue(files).catch((error: unknown) => debug('sweep: %o', error));
  startTimer(look, FIRST).unref();
  setInterval(look, LOOK_AGAIN).unref();
}

/** Sweeps when that was not done within the last hour, as far as the clock was right then. */
export async function sweepIfDue(files: SealedFiles): Promise<void> {
  const path = join(files.layout.directory, LAST_SWEEP_FILE);
  const last = Number(readWhole(path, 100)?.bytes ?? 0);
  const isDue = !(last > Date.now() - INTERVAL && last <= Date.now());
  if (!isDue) return;
  removeFile(path);
  writeNew(path, Buffer.from(String(Date.now())));
  await sweep(files);
}

/**
 * Removes expired files, a few at a time, so that requests are served in between, and what was set
 * aside as long ago as a session lasts by default.
 */
async function sweep(files: SealedFiles): Promise<void> {
  for await (const part of scan(files.toScan('')))
    for (const { name } of part) files.removeExpired(name);
  for (const name of listRetired(files.layout)) {
    files.read(name); // what was stored under it all the same goes
    removeIfEnded(files.layout, name);
    await new Promise(defer);
  }
  removeQuarantined(files.layout, '', DEFAULT_LIFETIME);
}
