import { execFileSync } from 'node:child_process';
import { start, type Running } from './running.ts';

export const hasTerminals = process.platform === 'linux' && hasScript();

/** Of util-linux: runs a command in a terminal of its own. */
function hasScript(): boolean {
  try {
    execFileSync('script', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts Node in a terminal of its own, in which one can `type`; `\r` is the key Enter, `\x03` Ctrl-C. Its
 * exit code is that of Node.
 *
 * @param setUp of the terminal, in words of `stty`
 */
export function startInTerminal(
  words: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
  setUp = 'cols 100 rows 40',
): Running {
  const command = ['exec', process.execPath, ...words].map((word) => `'${word}'`).join(' ');
  return start(
    'script',
    ['-qefc', `stty ${setUp}; ${command.replace("'exec'", 'exec')}`, '/dev/null'],
    options,
  );
}
