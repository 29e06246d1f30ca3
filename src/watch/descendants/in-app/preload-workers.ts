import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';
import { toOwnUrl } from '../../../storage/own-files.ts';

/** What Node starts a process with. Not documented. */
interface SpawnOptions {
  args: string[];
  envPairs: string[];
}

type Spawning = ChildProcess & { spawn?: (options: SpawnOptions) => unknown };

/**
 * Has the workers of a cluster keep the messages that come before their app listens, on Node 20: hooks that
 * Node loads by `--import` come too late for that, one that it loads by `--require` does not. A message that
 * a primary sends right after `fork()`, as Socket.IO's sticky sessions do, would be lost.
 *
 * `spawn` of a child process is not documented. Where it is missing workers start as ever. Pinned by
 * `test/watch/early-messages.process.test.ts`.
 */
export function preloadInWorkers(): void {
  if (Number.parseInt(process.versions.node) >= 22) return;
  const file = fileURLToPath(toOwnUrl('standalone/early-messages.js'));
  subscribe('child_process', (message) => {
    const child = (message as { process: Spawning }).process;
    const { spawn } = child;
    if (typeof spawn !== 'function') return;
    child.spawn = (options) => {
      delete child.spawn; // Node's own again
      const { args, envPairs } = options;
      const isWorker = envPairs.some((pair) => pair.startsWith('NODE_UNIQUE_ID='));
      // A worker inherits the flag of its primary; a primary of its own may be a worker's child.
      if (isWorker && !args.includes(file)) args.splice(1, 0, '--require', file);
      return Reflect.apply(spawn, child, [options]);
    };
  });
}
