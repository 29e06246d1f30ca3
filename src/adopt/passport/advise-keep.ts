import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot, readPackage } from '../../options/project.ts';

/** Where generated apps have their users, from the root of the project. */
const USUAL = ['server/storage', 'src/storage', 'storage', 'server/src/storage'];
const ENDS = ['.ts', '.js', '.mts', '.mjs'];

/** `class MemStorage`, of which apps that use a database have none that they make. */
const IN_MEMORY = /\bnew (?:Mem\w*|InMemory\w*)\(/;

/** What to do for users to be there after a restart, in one sentence: with the file, where it is known. */
export function adviseKeep(root = findProjectRoot(process.argv[1])): string {
  const file = USUAL.flatMap((path) => ENDS.map((end) => path + end)).find((path) =>
    IN_MEMORY.test(read(join(root, path))),
  );
  return file === undefined || isKept(file, root)
    ? 'Name what holds the users under "keep" (see: holdover doctor --state), or keep them in a database, and logins survive a restart.'
    : `Write "holdover": { "keep": ["${file}"] } into package.json, and logins survive a restart.`;
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
