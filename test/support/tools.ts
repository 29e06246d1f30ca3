import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/** The built command line. */
export const CLI = join(ROOT, 'dist', 'cli.js');

const REGISTER = ['--import', 'holdover/register'];

/** What runs an app, as a person would start it. */
export interface Tool {
  name: string;
  /** Whether it may miss a save that comes while it restarts, and wait for the next one. */
  missesSaves: boolean;
  /** Whether it restarts an app that was killed from outside, at the next change. */
  survivesKill: boolean;
  /** Returns the words after `node`. @param words the flags, the entry and its arguments */
  command: (words: string[]) => string[];
}

/** `holdover watch` with a standby, which `Rig` leaves out by default. */
export const HOLDOVER_WATCH: Tool = {
  name: 'holdover watch',
  missesSaves: false,
  survivesKill: true,
  command: (words) => [CLI, 'watch', ...words],
};

/** The restarters under which sessions are held over. */
export const TOOLS: Tool[] = [
  HOLDOVER_WATCH,
  {
    name: 'tsx watch',
    missesSaves: true,
    survivesKill: false, // it waits for ever for the exit of a child that is gone
    // With the space tsx takes the module for what is to be watched, and the entry for an argument.
    command: (words) => [resolve('tsx/cli'), 'watch', REGISTER.join('='), ...words],
  },
  {
    name: 'node --watch',
    missesSaves: true,
    survivesKill: true,
    command: (words) => ['--watch', ...forTypeScript(words), ...REGISTER, ...words],
  },
  {
    name: 'nodemon',
    missesSaves: true,
    survivesKill: true,
    command: (words) => [
      resolve('nodemon/bin/nodemon.js'),
      '--ext',
      'js,cjs,ts',
      '--signal',
      'SIGTERM',
      '--exec',
      ['node', ...forTypeScript(words), ...REGISTER, ...words].join(' '),
    ],
  },
];

/** `node --import holdover/register`, which restarts nothing. */
export const NODE: Tool = {
  name: 'node --import holdover/register',
  missesSaves: false,
  survivesKill: false,
  command: (words) => [...forTypeScript(words), ...REGISTER, ...words],
};

/** `node` alone: what an app does without holdover. */
export const PLAIN_NODE: Tool = { ...NODE, name: 'node', command: (words) => words };

/** Returns the tool with this name. Throws if there is none. */
export function findTool(name: string): Tool {
  const tool = [...TOOLS, NODE, PLAIN_NODE].find((one) => one.name === name);
  if (!tool) throw new Error(`There is no tool named "${name}".`);
  return tool;
}

function forTypeScript(words: string[]): string[] {
  return words.some((word) => /\.[cm]?ts$/.test(word)) ? ['--import', 'tsx'] : [];
}
