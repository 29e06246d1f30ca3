import { closestMatch } from 'leven';

/** One letter of so many may be wrong. */
const LETTERS_PER_MISTAKE = 3;

/** Returns the name that a misspelt one was probably meant to be, or undefined if none is close. */
export function findNearest(misspelt: string, names: Iterable<string>): string | undefined {
  const maxDistance = Math.max(1, Math.floor(misspelt.length / LETTERS_PER_MISTAKE));
  return closestMatch(misspelt, [...names], { maxDistance });
}
