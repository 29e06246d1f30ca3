import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Installs one more of our packages in an app, under its name there. */
export function linkPackage(
  { folder }: { folder: string },
  name: string,
  installedAs = name,
): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(MODULES, installedAs), path, 'junction');
}
