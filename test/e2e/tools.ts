import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App } from '../support/app.ts';
import { start, type Running } from '../support/running.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/** The built command line. */
export const CLI = join(ROOT, 'dist', 'cli.js');

const REGISTER = ['--import', 'holdover/register'];

/** A restarter, as a person would start it. */
export interface Tool {
  name: string;
  /** Whether it may miss a save that comes while it restarts, and wait for the next one. */
  missesSaves: boolean;
  /** Whether it restarts an app that was killed from outside, at the next change. */
  survivesKill: boolean;
  command: (entry: string) => string[];
}

/** The restarters under which sessions are held over. */
export const TOOLS: Tool[] = [
  {
    name: 'holdover watch',
    missesSaves: false,
    survivesKill: true,
    command: (entry) => [CLI, 'watch', entry],
  },
  {
    name: 'tsx watch',
    missesSaves: true,
    survivesKill: false, // it waits for ever for the exit of a child that is gone
    // With the space tsx takes the module for what is to be watched, and the entry for an argument.
    command: (entry) => [resolve('tsx/cli'), 'watch', REGISTER.join('='), entry],
  },
  {
    name: 'node --watch',
    missesSaves: true,
    survivesKill: true,
    command: (entry) => ['--watch', ...forTypeScript(entry), ...REGISTER, entry],
  },
  {
    name: 'nodemon',
    missesSaves: true,
    survivesKill: true,
    command: (entry) => [
      resolve('nodemon/bin/nodemon.js'),
      '--ext',
      'js,ts',
      '--signal',
      'SIGTERM',
      '--exec',
      ['node', ...forTypeScript(entry), ...REGISTER, entry].join(' '),
    ],
  },
];

/** Runs an app under a restarter. */
export function run(tool: Tool, app: App, entry: string, env: NodeJS.ProcessEnv = {}): Running {
  return start(process.execPath, tool.command(entry), {
    cwd: app.folder,
    env: { PORT: String(app.port), ...env },
  });
}

function forTypeScript(entry: string): string[] {
  return entry.endsWith('.ts') ? ['--import', 'tsx'] : [];
}
