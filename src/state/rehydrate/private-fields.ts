import type { ShownClasses } from './classes/classes.ts';
import type { OldPrivate, PutBackContext } from './context.ts';
import { kindOf } from './kinds.ts';

/** A private field that both the old and the new object have. */
export interface PrivatePair {
  name: string;
  now: unknown;
  old: unknown;
  set: (value: unknown) => void;
}

/**
 * Finds the private fields of an object that are to get the values of an old one.
 *
 * @returns `missing`: those that the new object has not, or whose values are of another kind now; what is in
 *   the others may depend on them
 */
export function matchPrivates(
  now: object,
  old: object,
  context: PutBackContext,
): { missing: string[]; pairs: PrivatePair[] } {
  const before = context.oldPrivatesOf(old);
  const slots = before.length > 0 ? readSlots(now, context) : [];
  const pairs: PrivatePair[] = [];
  const missing: string[] = [];
  for (const [name, value] of before) {
    const index = slots.findIndex((slot) => slot.name === name);
    const [slot] = index === -1 ? [] : slots.splice(index, 1);
    if (slot && canReplace(slot.now, value, context)) pairs.push({ ...slot, old: value });
    else missing.push(name);
  }
  return { missing, pairs };
}

/** The private fields of an object, as they are. */
export function readPrivates(object: object, classes: ShownClasses): OldPrivate[] {
  return classes.privatesOf(object).flatMap(({ names, read }) => {
    const values = read(object);
    return names.map((name, i): OldPrivate => [name, values[i]]);
  });
}

function readSlots(object: object, { classes }: PutBackContext): Omit<PrivatePair, 'old'>[] {
  return classes.privatesOf(object).flatMap(({ names, read, write }) => {
    const values = read(object);
    return names.map((name, i) => ({
      name,
      now: values[i],
      set: (value: unknown): void => write(object, i, value),
    }));
  });
}

function canReplace(now: unknown, old: unknown, { classes }: PutBackContext): boolean {
  const was = kindOf(old, classes);
  const is = kindOf(now, classes);
  return was === is || was === 'nothing' || is === 'nothing' || was === 'handle';
}
