import { isAbsolute, relative, sep } from 'node:path';

/**
 * Whether a file belongs to a package: it lies in a `node_modules` folder. The project itself may lie
 * in one, and what is below its root is told from there.
 *
 * @param root of the project, absolute
 */
export function isOfPackage(file: string, root: string): boolean {
  if (!file.includes(MODULES)) return false; // most files, and asked for each of many
  const isBelow = file.startsWith(root) && file[root.length] === sep;
  const fromRoot = isBelow ? file.slice(root.length + 1) : relative(root, file);
  const isOutside = fromRoot === '..' || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot);
  return (isOutside ? file : fromRoot).split(sep).includes(MODULES);
}

const MODULES = 'node_modules';
