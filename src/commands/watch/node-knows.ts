import { spawnSync } from 'node:child_process';
import { findNearest } from '../../options/nearest.ts';
import { NODE_FLAGS_WITH_VALUE } from './command-line.ts';

/**
 * Checks that Node has the flags that are left for it.
 *
 * @param others the flags that somebody may have meant
 * @throws Error, in one sentence, that names the first one that it has not
 */
export function checkNodeFlags(nodeFlags: string[], others: Iterable<string>): void {
  for (const word of nodeFlags) {
    if (!word.startsWith('-') || isKnown(word)) continue;
    const [flag = word] = word.split('=', 1);
    const all = [...others, ...NODE_FLAGS_WITH_VALUE, ...process.allowedNodeEnvironmentFlags];
    const near = findNearest(flag, all);
    const hint = near === undefined ? 'See: holdover watch --help' : `Did you mean ${near}?`;
    throw new Error(
      `There is no flag ${flag}, neither of holdover nor of Node ${process.versions.node}. ${hint}`,
    );
  }
}

/** Node is asked about those that it does not list: flags of V8, and those that NODE_OPTIONS may not have. */
function isKnown(word: string): boolean {
  const [flag = word] = word.split('=', 1);
  if (process.allowedNodeEnvironmentFlags.has(flag)) return true;
  const { stderr } = spawnSync(process.execPath, [word, '--version'], { encoding: 'utf8' });
  return !stderr.includes(': bad option: ');
}
