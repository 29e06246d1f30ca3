import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { findProjectRoot, readPackage } from '../options/project.ts';

/** Where generated apps have their users, from the root of the project. */
const USUAL = ['server/storage', 'src/storage', 'storage', 'server/src/storage'];
const ENDS = ['.ts', '.js', '.mts', '.mjs'];

/** `class MemStorage`, of which apps that use a database have none that they make. */
const IN_MEMORY = /\bnew (?:Mem\w*|InMemory\w*)\(/;

/** An app in one file, with its users in a Map. */
const IN_ENTRY = /\bnew Map\([^]*\bdeserializeUser\(/;

/**
 * Finds the file in which an app has its users in memory, from the root of the project; `undefined` when it is
 * named under `keep` already.
 */
export function findUsersFile(entry: string | undefined): string | undefined {
  const root = findProjectRoot(entry);
  const usual = USUAL.flatMap((path) => ENDS.map((end) => path + end));
  const file =
    usual.find((path) => IN_MEMORY.test(read(join(root, path)))) ??
    (entry && IN_ENTRY.test(read(entry)) ? relative(root, entry).split(sep).join('/') : undefined);
  return file === undefined || isKept(file, root) ? undefined : file;
}

/** Whether package.json names it, or something in it. */
function isKept(file: string, root: string): boolean {
  const { holdover } = readPackage(root) as { holdover?: { keep?: unknown } };
  return [holdover?.keep].flat().some((name) => String(name).replace(/^\.\//, '').startsWith(file));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
