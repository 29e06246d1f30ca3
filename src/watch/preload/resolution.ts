import Module from 'node:module';

interface Machinery {
  _resolveFilename(request: string, parent: unknown, isMain: boolean): string;
  _resolveLookupPaths(request: string, parent: unknown): string[] | null;
}

/**
 * The file that `require` of a module would load; `undefined` when there is none. `_resolveFilename` and
 * `_resolveLookupPaths` are not documented; Node 20 to 24.
 */
export function resolveFile(request: string, parent: unknown): string | undefined {
  try {
    return (Module as unknown as Machinery)._resolveFilename(request, parent, false);
  } catch {
    return undefined; // it is not there; that it was not is stamped
  }
}

/** The folders in which a package is looked for, the nearest first. */
export function lookupPaths(request: string, parent: unknown): string[] {
  return (Module as unknown as Machinery)._resolveLookupPaths(request, parent) ?? [];
}
