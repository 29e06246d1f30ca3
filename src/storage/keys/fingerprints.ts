import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, writeNew } from '../files/disk.ts';
import { makeFolder } from '../files/folders.ts';
import { replaceFile } from '../files/replace-file.ts';

/** What is remembered of a value from one start to the next. */
interface Kept {
  fingerprint: string;
  /** How many starts in a row have had another value than the one before. */
  changes: number;
  /** Whether that was said. */
  isSaid: boolean;
}

/** One change may be meant: somebody has set a new secret. */
const CHANGES_THAT_TELL = 2;

/**
 * Compares a fingerprint with that of the last starts, in a file of the user's state directory.
 *
 * @param name says what it is the fingerprint of, and of which project
 * @returns whether it differs at every start, which is told once
 */
export function isDifferentEachTime(
  stateDirectory: string,
  name: string,
  fingerprint: string,
): boolean {
  const folder = join(stateDirectory, 'fingerprints');
  const path = join(folder, createHash('sha256').update(name).digest('hex').slice(0, 32));
  const kept = read(path);
  if (kept?.fingerprint === fingerprint && kept.changes === 0) return false;
  const changes = kept && kept.fingerprint !== fingerprint ? kept.changes + 1 : 0;
  const isTold = changes >= CHANGES_THAT_TELL && !kept?.isSaid;
  const isSaid = changes > 0 && (isTold || (kept?.isSaid ?? false));
  makeFolder(folder);
  write(path, { fingerprint, changes, isSaid });
  return isTold;
}

function read(path: string): Kept | undefined {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Partial<Kept> | null;
    const isWhole = typeof kept?.fingerprint === 'string' && typeof kept.changes === 'number';
    return isWhole ? (kept as Kept) : undefined;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function write(path: string, kept: Kept): void {
  const temporary = `${path}.${process.pid}-${performance.now()}.tmp`;
  writeNew(temporary, Buffer.from(JSON.stringify(kept)));
  replaceFile(temporary, path);
}
