import { readCommandLine, type CommandLine } from './read-command-line.ts';

/** What runs a file as Node, or tsx, does: `npx tsx`, `ts-node`. */
const RUNNER = /^(?:npx\s+)?(?:node|tsx|ts-node|ts-node-esm)(?:\s+|$)/;

/** Signs that mean something to a shell. */
const OF_SHELL = /["'`$&|;<>(){}*?!\\#~]/;

/**
 * Understands what nodemon is told to run: `tsx`, `ts-node --files`, `node --inspect src/server.js`.
 *
 * @returns `undefined` for anything else
 */
export function understandExec(exec: string): CommandLine | undefined {
  const [runner] = RUNNER.exec(exec.trim()) ?? [];
  if (runner === undefined || OF_SHELL.test(exec)) return undefined;
  const words = exec.trim().slice(runner.length).split(/\s+/).filter(Boolean);
  if (runner.includes('tsx') && words[0] === 'watch') words.shift();
  try {
    return readCommandLine(words);
  } catch {
    return undefined; // with a flag that means nothing here
  }
}
