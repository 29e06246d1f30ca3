import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../install.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
export const PACKAGES_FOLDER = join(import.meta.dirname, 'node_modules');

/** Installs what the apps need, and holdover as it is built here, unless that is there. */
export function installApps(): void {
  const isNew = installPackages(import.meta.dirname);
  if (isNew) symlinkSync(ROOT, join(PACKAGES_FOLDER, 'holdover'), 'junction');
}
