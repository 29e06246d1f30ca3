import type { Difference } from './differences.ts';

/** A difference in few lines. */
export function formatDifference({ at, was, is }: Difference): string {
  if (Array.isArray(was) && Array.isArray(is)) return `${at}\n${formatLists(was, is)}`;
  if (was === undefined) return `${at}: there is ${toShort(is)}`;
  if (is === undefined) return `${at}: there is no ${toShort(was)}`;
  return `${at}\n    cold: ${toShort(was)}\n    then: ${toShort(is)}`;
}

function formatLists(was: unknown[], is: unknown[]): string {
  const missing = was.filter((item) => !is.includes(item));
  const added = is.filter((item) => !was.includes(item));
  const first = was.findIndex((item, index) => item !== is[index]);
  return [
    missing.length > 0 && `    missing: ${toShort(missing)}`,
    added.length > 0 && `    added: ${toShort(added)}`,
    `    from index ${first} on: ${toShort(was.slice(first, first + 3))}, then ${toShort(is.slice(first, first + 3))}`,
  ]
    .filter((line) => line !== false)
    .join('\n');
}

const LONGEST = 300;

function toShort(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length})` : text;
}
