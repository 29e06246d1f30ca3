import { relative, sep } from 'node:path';

/** Whether a file lies in a `node_modules` folder of the project, or of another. */
export function isOfPackage(file: string, root: string): boolean {
  const fromRoot = relative(root, file);
  const path = fromRoot.startsWith('..') ? file : fromRoot; // the project itself may lie in such a folder
  return path.split(sep).includes('node_modules');
}
