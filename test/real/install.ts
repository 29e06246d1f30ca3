import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGES_FOLDER } from './write-app.ts';

const HERE = import.meta.dirname;
const STAMP = join(PACKAGES_FOLDER, '.lockfile-hash');

/** Installs the packages, unless those of this lockfile are there. None of their scripts is run. */
export function install(): void {
  const hash = createHash('sha256')
    .update(readFileSync(join(HERE, 'package-lock.json')))
    .digest('hex');
  if (readStamp() === hash) return;
  const args = ['ci', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', args, { cwd: HERE, stdio: 'inherit' });
  writeFileSync(STAMP, hash);
}

function readStamp(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined; // nothing is installed
  }
}
