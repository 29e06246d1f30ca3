import { fileURLToPath } from 'node:url';
import type { DependencyMessage } from './messages.ts';

/**
 * Makes Node report every module that a child loads, over its IPC channel: what `node --watch` uses.
 * `.ts` files through tsx and late dynamic imports are reported too, many of them more than once, and
 * without tsx the files that were looked for and not found. Packages are among them.
 *
 * The variable is not documented; it is the same from Node 20 to 24 and pinned by
 * `test/watch/dependencies.test.ts`. Without the reports only the entry is watched, and that is said.
 */
export const REPORT_DEPENDENCIES = { WATCH_REPORT_DEPENDENCIES: '1' };

/** The files in a report of Node. */
export function toDependencies(message: unknown): string[] {
  if (typeof message !== 'object' || message === null) return [];
  const report = message as DependencyMessage;
  const imported = listOf(report['watch:import']).filter((url) => url.startsWith('file:'));
  const paths = [...imported.map(toPath), ...listOf(report['watch:require'])];
  return paths.filter((path) => path !== '');
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return ''; // a URL of a host or with an encoded slash: no file of ours
  }
}
