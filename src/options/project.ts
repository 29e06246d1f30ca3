import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import envPaths from 'env-paths';
import { toPrintable } from '../session/display/printable.ts';

/**
 * The root of the project that owns a file or folder: the nearest folder upwards with a package.json
 * that says more than a module type. A file in node_modules is a tool, started in the project.
 */
export function findProjectRoot(entry: string | undefined): string {
  const isOfProject = entry !== undefined && existsSync(entry);
  const real = isOfProject ? realpathSync.native(entry) : undefined;
  const isTool = real?.split(sep).includes('node_modules') ?? true;
  const start = real && !isTool ? toFolder(real) : realCurrentDirectory();
  for (let folder = start; ; folder = dirname(folder)) {
    if (isPackageRoot(folder)) return folder;
    if (folder === dirname(folder)) return start;
  }
}

function toFolder(path: string): string {
  return statSync(path).isDirectory() ? path : dirname(path);
}

/** A path as a person would name it, from where they are; it may be printed. */
export function toDisplay(path: string): string {
  const fromHere = relative(realCurrentDirectory(), path);
  return toPrintable(fromHere.startsWith('..') || fromHere === '' ? path : fromHere);
}

function realCurrentDirectory(): string {
  return realpathSync.native(process.cwd());
}

function isPackageRoot(folder: string): boolean {
  return Object.keys(readPackage(folder)).some((key) => key !== 'type');
}

/** What stands in the package.json of a folder; nothing when there is none. */
export function readPackage(folder: string): object {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch {
    return {}; // none, or one that is being edited
  }
}

/**
 * Where holdover keeps what belongs to the user and not to the project.
 *
 * env-paths names the state directory of Linux "log"; elsewhere there is none and
 * data is kept as data.
 */
export function resolveStateDirectory(): string {
  const paths = envPaths('holdover', { suffix: '' });
  return basename(dirname(paths.log)) === 'Logs' || process.platform === 'win32'
    ? paths.data
    : paths.log;
}

/** A path without links, as far as it is there: a file that is not has a folder that may be. */
export function toRealPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(toRealPath(parent), basename(path));
  }
}
