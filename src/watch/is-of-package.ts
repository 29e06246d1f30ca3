import { isAbsolute, relative, sep } from 'node:path';

/**
 * Whether a file belongs to a package: it lies in a `node_modules` folder. The project itself may lie
 * in one, and what is below its root is told from there.
 *
 * @param root of the project, absolute
 */
export function isOfPackage(file: string, root: string): boolean {
  const fromRoot = relative(root, file);
  const isOutside = fromRoot === '..' || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot);
  return (isOutside ? file : fromRoot).split(sep).includes('node_modules');
}
