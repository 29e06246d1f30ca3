import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLI } from './tools.ts';

const ROOT = dirname(dirname(CLI));

/** Copies the package and what it depends on; gives its command line. */
export function copyPackage(folder: string): string {
  const copy = join(folder, 'node_modules', 'holdover');
  for (const part of ['dist', 'package.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  for (const name of toDependencies(ROOT)) {
    const modules = join('node_modules', name);
    cpSync(join(ROOT, modules), join(folder, modules), { recursive: true });
  }
  return join(copy, 'dist', 'cli.js');
}

/** The names of the packages that one needs, and that those need. */
function toDependencies(folder: string, found = new Set<string>()): Set<string> {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    if (found.has(name)) continue;
    found.add(name);
    toDependencies(join(ROOT, 'node_modules', name), found);
  }
  return found;
}
