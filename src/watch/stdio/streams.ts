import { fstatSync, type Stats } from 'node:fs';

/**
 * Whether a client of MCP may be at the other end: stdin and stdout are pipes or sockets. Where stderr is
 * the same one as stdout none is, and the order of what is printed to both counts.
 */
export function mayHaveClient(): boolean {
  const [stdin, stdout, stderr] = [0, 1, 2].map(look);
  const isOne = stdout?.ino === stderr?.ino && stdout?.dev === stderr?.dev;
  return isStream(stdin) && isStream(stdout) && !isOne;
}

/** What an app prints to stderr is seen where that is no terminal or file of its own. */
export function canSeeErrors(): boolean {
  return isStream(look(2));
}

function isStream(stats: Stats | undefined): boolean {
  return stats !== undefined && (stats.isFIFO() || stats.isSocket());
}

function look(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined; // it is closed
  }
}
