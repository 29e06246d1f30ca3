import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DependencyMessage } from './protocol.ts';

/**
 * Makes Node report every module that a child loads, over its IPC channel: what `node --watch` uses.
 * `.ts` files through tsx and late dynamic imports are reported too, many of them more than once, and
 * without tsx the files that were looked for and not found. Packages are among them.
 *
 * The variable is not documented; it is the same from Node 20 to 24 and pinned by
 * `test/watch/dependencies.test.ts`. Without the reports only the entry is watched, and that is said.
 */
export const REPORT_DEPENDENCIES = { WATCH_REPORT_DEPENDENCIES: '1' };

/** What there is to say when there are no reports. */
export const NO_DEPENDENCIES =
  'This version of Node does not tell which files the app loads: only its entry is watched. Name the others with --include.';

/** The files that a child has told of. */
export interface Dependencies {
  /** Found, and loaded: an `import` is reported when its file is there. */
  imported: string[];
  /** Loaded by `require`, or looked for and not found. */
  required: string[];
}

/** The files in a report of Node. */
export function toDependencies(message: unknown): Dependencies {
  const report = (message ?? {}) as DependencyMessage;
  return {
    imported: toPaths(report['watch:import']),
    required: toPaths(report['watch:require']),
  };
}

/**
 * The file that a report names, by path or by URL: Node 24 does the latter for what an imported CommonJS
 * module requires.
 *
 * @returns `undefined` for what is no file of an app
 */
export function toReportedPath(name: string): string | undefined {
  if (isAbsolute(name)) return name;
  if (!name.startsWith('file:')) return undefined; // `node:fs`, `data:`
  try {
    return fileURLToPath(name);
  } catch {
    return undefined; // a URL of a host or with an encoded slash
  }
}

function toPaths(names: unknown): string[] {
  if (!Array.isArray(names)) return [];
  const paths = names.map((name) => (typeof name === 'string' ? toReportedPath(name) : undefined));
  return paths.filter((path) => path !== undefined);
}
