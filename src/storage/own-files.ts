import { fileURLToPath } from 'node:url';

/**
 * A file of this package, by its path from `dist/`, or a folder, which ends with a slash. It must be one of its
 * own there, as `build:code` in package.json says: other modules are put together into chunks.
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
