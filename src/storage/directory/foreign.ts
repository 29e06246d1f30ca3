import { opendirSync } from 'node:fs';
import { join } from 'node:path';
import { readFileHeader } from './file/header.ts';
import { isRecordName, type Layout } from './layout.ts';

/** How many files are looked at to find a record that was sealed with another key. */
const SAMPLE = 8;

/** Whether one of the first records of a directory was sealed with another key than that of this process. */
export function hasForeignRecord({ directory }: Layout, fingerprint: string): boolean {
  const folder = opendirSync(directory, { bufferSize: SAMPLE });
  try {
    for (let seen = 0, file = folder.readSync(); file && seen < SAMPLE; seen++) {
      const header = isRecordName(file.name) && readFileHeader(join(directory, file.name), false);
      if (header && header.fingerprint !== fingerprint) return true;
      file = folder.readSync();
    }
    return false;
  } finally {
    folder.closeSync();
  }
}
