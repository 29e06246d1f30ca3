import { opendirSync } from 'node:fs';
import { isRecordName, type Layout } from './paths.ts';
import type { SealHeader } from '../session/seal.ts';

/** What is needed of the records of a directory. */
interface Records {
  layout: Layout;
  fingerprint: string;
  read(name: string): object | undefined;
  peek(name: string): (SealHeader & { fingerprint: string }) | undefined;
  names(prefix: string): AsyncIterable<string>;
}

/** How many files are looked at to find a record that can be read. */
const SAMPLE = 8;

const underWay = new WeakSet<Records>();

/** Reads a few records, which sets aside those that were sealed with another key. */
export function readSome(files: Records): void {
  const folder = opendirSync(files.layout.directory, { bufferSize: SAMPLE });
  try {
    for (let seen = 0, entry = folder.readSync(); entry && seen < SAMPLE; seen++) {
      if (isRecordName(entry.name) && files.read(entry.name)) return;
      entry = folder.readSync();
    }
  } finally {
    folder.closeSync();
  }
}

/** Reads, in the background, all records that were sealed with another key, which sets them aside together. */
export function readForeign(files: Records): void {
  if (underWay.has(files)) return;
  underWay.add(files);
  readAllForeign(files)
    .catch(() => {}) // each of them is set aside when it is asked for, too
    .finally(() => underWay.delete(files));
}

async function readAllForeign(files: Records): Promise<void> {
  for await (const name of files.names('')) {
    const header = files.peek(name);
    if (header && header.fingerprint !== files.fingerprint) files.read(name);
  }
}
