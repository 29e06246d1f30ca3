/** How a check has come out: `broken` costs logins, `doubtful` may. */
export type CheckState = 'good' | 'doubtful' | 'broken';

/** What a check has found, and what to do about it. */
export interface Check {
  /** What was looked at, in a word or two. */
  name: string;
  state: CheckState;
  /** What was found: one sentence, or a few words. */
  found: string;
  /** What to do; `undefined` when nothing is to be done. */
  advice: string | undefined;
}

export function good(name: string, found: string): Check {
  return { name, state: 'good', found, advice: undefined };
}

export function doubtful(name: string, found: string, advice: string): Check {
  return { name, state: 'doubtful', found, advice };
}

export function broken(name: string, found: string, advice: string): Check {
  return { name, state: 'broken', found, advice };
}
