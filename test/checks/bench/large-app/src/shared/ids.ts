import { randomBytes } from 'node:crypto';

/** An id that tells what it is the id of. */
export type Id<Kind extends string> = `${Kind}_${string}`;

const LENGTH = 8;

export function createId<Kind extends string>(kind: Kind): Id<Kind> {
  return `${kind}_${randomBytes(LENGTH).toString('hex')}`;
}

/** Whether a text may be the id of something of a kind. */
export function isId<Kind extends string>(kind: Kind, text: string): text is Id<Kind> {
  const [prefix, rest] = text.split('_', 2);
  return prefix === kind && rest !== undefined && /^[\da-z-]+$/.test(rest);
}
