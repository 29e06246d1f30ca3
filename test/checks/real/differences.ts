import type { Observation } from './app-process.ts';

/** What is another way than it was. */
export interface Difference {
  /** The names on the way to it, with slashes between. */
  at: string;
  was: unknown;
  is: unknown;
}

/** What an app sees otherwise than it did. */
export function findDifferences(was: Observation, is: Observation): Difference[] {
  return compare(was, is, []).filter((difference) => !isSaidByOrder(difference));
}

/** A module that is more or less is in the order already. */
function isSaidByOrder({ at, was, is }: Difference): boolean {
  return /^modules\/[^/]/.test(at) && (was === undefined || is === undefined);
}

function compare(was: unknown, is: unknown, path: string[]): Difference[] {
  if (isRecord(was) && isRecord(is)) {
    const names = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...names].flatMap((name) => compare(was[name], is[name], [...path, name]));
  }
  const isSame = JSON.stringify(was) === JSON.stringify(is);
  return isSame ? [] : [{ at: path.join('/'), was, is }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
