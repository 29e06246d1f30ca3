import pc from 'picocolors';
import { toPrintable } from '../../session/display/printable.ts';
import type { Change, Filled } from '../../state/walk/walk.ts';
import { toLine } from '../text.ts';

const WIDTHS = [40, 14];

const TROUBLE: Record<NonNullable<Filled['trouble']>, string> = {
  hidden: 'in a function that has no name, or not at its top: keep cannot name it',
  'called twice': 'in a function that is called more than once: keep cannot tell which',
};

/** `server/storage.ts#storage  MemStorage  users 0 → 3, nextId`; below it, why it cannot be kept. */
export function toFilledLine({ key, type, changes, trouble }: Filled): string {
  const told = changes.map(toChange).filter((text) => text !== '');
  const cells = [toPrintable(key), toPrintable(type), toPrintable(told.join(', '))];
  const line = toLine(cells, WIDTHS);
  return trouble ? `${line}\n  ${pc.dim('→')} ${TROUBLE[trouble]}` : line;
}

/** Nothing of the values: names and counts. */
function toChange({ path, before, after }: Change): string {
  const isCounted = after !== undefined && before !== after;
  return [path, isCounted ? `${before ?? 0} → ${after}` : ''].filter(Boolean).join(' ');
}

/**
 * Whether a binding is kept already.
 *
 * @param keep what package.json says, unchecked
 */
export function isKept(key: string, keep: unknown): boolean {
  const named = [keep].flat().filter((name) => typeof name === 'string');
  return named.some((name) => {
    const own = name.replace(/^\.\//, '');
    return own === key || key.startsWith(`${own}${own.includes('#') ? '/' : '#'}`);
  });
}
