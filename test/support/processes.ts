import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { currentLifetime } from './lifetime.ts';

const run = promisify(execFile);

/** The secret under which `openDirectory()` and the processes seal. */
export const TEST_SECRET = 'the key of the tests, for every process';

function pathOf(name: string): string {
  if (isAbsolute(name)) return name;
  return fileURLToPath(new URL(`processes/${name}.js`, import.meta.url));
}

/** Runs a script of `support/processes` to its end and gives what it printed; rejects when it fails. */
export async function runProcess(
  name: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await run(process.execPath, [pathOf(name), ...args], {
    env: { ...process.env, SESSION_KEY: TEST_SECRET, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/**
 * Starts a script of `support/processes`, or one that `bundleProcess` has made of it; it is killed when the
 * test is over at the latest.
 */
export function startProcess(
  name: string,
  args: string[],
  options: SpawnOptions = {},
): ChildProcess {
  const child = spawn(process.execPath, [pathOf(name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SESSION_KEY: TEST_SECRET },
    ...options,
  });
  currentLifetime().atEnd(() => void child.kill('SIGKILL'));
  return child;
}
