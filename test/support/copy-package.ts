import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLI } from '../e2e/tools.ts';

/** Copies the package and what it depends on; gives its command line. */
export function copyPackage(folder: string): string {
  const root = dirname(dirname(CLI));
  const copy = join(folder, 'node_modules', 'holdover');
  for (const part of ['dist', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  for (const name of [
    'cac',
    'chokidar',
    'readdirp',
    'env-paths',
    'fast-string-truncated-width',
    'is-safe-filename',
    'keyv',
    'keyv-file',
    '@keyv/serialize',
    'ms',
    'obug',
    'picocolors',
    'picomatch',
    'pretty-bytes',
    'semver',
    'tslib',
    'yocto-spinner',
    'yoctocolors',
  ]) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), {
      recursive: true,
    });
  }
  return join(copy, 'dist', 'cli.js');
}
