import { fileURLToPath } from 'node:url';

/**
 * Returns the URL of a file of this package by its path from `dist/`, or of a folder, which ends with a slash. The
 * build makes a file of each module in `src/*.ts` and `src/standalone/`; all others are parts of chunks.
 *
 * Asked for when it is needed: a bundle of CommonJS has no import.meta.url. Chunks lie as deep as this module.
 */
export function toOwnUrl(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

/** Whether a file is one of holdover's own: a project may be that of holdover itself. */
export function isOwnFile(path: string): boolean {
  return path.startsWith(fileURLToPath(toOwnUrl('')));
}
