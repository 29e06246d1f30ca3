import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toPlainPath } from '../options/plug-n-play.ts';

/** What there is to say when there are no reports. */
export const NO_DEPENDENCIES =
  'This version of Node does not tell which files the app loads: only its entry is watched. Name the others with --include.';

/** A report: what was imported, or what was required or looked for and not found. */
export interface DependencyMessage {
  'watch:import'?: string[];
  'watch:require'?: string[];
}

/** The files in a message of a child, absolute; none where it is no report. */
export function toLoadedFiles(message: unknown): string[] {
  const report = (message ?? {}) as DependencyMessage;
  return [report['watch:import'], report['watch:require']].flatMap(toPaths);
}

/**
 * The file that a report, a stack or a message names, by path or by URL: Node 24 does the latter for what
 * an imported CommonJS module requires. A query, by which a module is loaded anew, is left out.
 *
 * @returns `undefined` for what is no file on this disk
 */
export function toFile(name: string): string | undefined {
  if (isAbsolute(name)) return toPlainPath(name);
  if (!name.startsWith('file:')) return undefined; // `node:fs`, `data:`
  try {
    return toPlainPath(fileURLToPath(name));
  } catch {
    return undefined; // a URL of a host or with an encoded slash
  }
}

/** The files among names, as `toFile` says. */
export function toPaths(names: unknown): string[] {
  if (!Array.isArray(names)) return [];
  const paths = names.map((name) => (typeof name === 'string' ? toFile(name) : undefined));
  return paths.filter((path) => path !== undefined);
}

/**
 * Whether a file belongs to a package: it lies in a `node_modules` folder. The project itself may lie
 * in one, and what is below its root is told from there.
 *
 * @param root of the project, absolute
 */
export function isOfPackage(file: string, root: string): boolean {
  if (!file.includes('node_modules')) return false; // most files, and asked for each of many
  const isBelow = file.startsWith(root) && file[root.length] === sep;
  const fromRoot = isBelow ? file.slice(root.length + 1) : relative(root, file);
  const isOutside = fromRoot === '..' || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot);
  return (isOutside ? file : fromRoot).split(sep).includes('node_modules');
}
