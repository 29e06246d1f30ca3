import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Packs holdover as it would be published.
 *
 * @returns the folder with what is in the package
 */
export function packHoldover(folder) {
  if (!existsSync(join(ROOT, 'dist', 'cli.js'))) throw new Error('Build holdover first.');
  const options = { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' };
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', words, options));
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder]);
  return join(folder, 'package');
}

/**
 * Fills the `node_modules` of an app as npm would: holdover itself is there, not a link to this
 * repository, whose dist lies outside every node_modules and would be watched as if it were the app's.
 * The other packages are links to where npm has put them for this repository.
 */
export function installPackages(modules, packed, names) {
  mkdirSync(modules);
  cpSync(packed, join(modules, 'holdover'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  for (const name of new Set([...names, ...Object.keys(dependencies)])) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
}
