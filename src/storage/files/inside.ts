import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is a folder, or leads to something below it; both absolute. */
export function isInside(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}
