import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Packs the package as it would be published, and installs the package managers beside npm. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'holdover-packed-'));
  run(['pack', '--ignore-scripts', '--pack-destination', folder], ROOT); // what is built is new
  run(['install', '--ignore-scripts', '--prefer-offline'], import.meta.dirname);
  process.env.HOLDOVER_PACKED = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function run(args: string[], cwd: string): void {
  execFileSync('npm', [...args, '--loglevel=error'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
