/** What the lines of restarts have told of so far. */
export interface Told {
  restarts: number;
  /** How many files they were for: `a.js and 3 more` are four. */
  files: number;
}

/**
 * Counts what holdover has said of restarts. Files that are saved at once are told of in one line, or in
 * more on a busy machine; one that nobody watches is in none.
 */
export function countTold(output: string): Told {
  const lines = [...output.matchAll(/\[holdover\] \S+(?: and (\d+) more)? {2}/g)];
  const files = lines.reduce((sum, [, more = '0']) => sum + 1 + Number(more), 0);
  return { restarts: lines.length, files };
}
