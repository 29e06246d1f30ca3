import { ChildProcess } from 'node:child_process';

interface SpawnOptions {
  /** `NAME=value` */
  envPairs?: unknown;
}

/**
 * Keeps environment variables from the processes that the app starts: with WATCH_REPORT_DEPENDENCIES
 * the workers of a cluster would send Node's reports to the app, as messages that it does not know.
 *
 * `spawn` of ChildProcess and its `envPairs` are not documented; all of `spawn`, `fork` and `exec` go
 * through it on Node 20 to 24, pinned by `test/watch/private-variables.test.ts`. Were it another way,
 * the variables would be inherited, as they are under `node --watch`.
 */
export function keepFromOthers(names: string[]): void {
  const prototype = ChildProcess.prototype as unknown as {
    spawn?: (options: SpawnOptions) => unknown;
  };
  const { spawn } = prototype;
  if (typeof spawn !== 'function') return;
  prototype.spawn = function (options) {
    const { envPairs } = options ?? {};
    if (Array.isArray(envPairs)) {
      const isPrivate = (pair: unknown) =>
        names.some((name) => String(pair).startsWith(`${name}=`));
      options.envPairs = envPairs.filter((pair) => !isPrivate(pair));
    }
    return spawn.call(this, options);
  };
}
