import type { Classes } from '../binding.ts';
import { Builder } from './graph/build.ts';
import { findWays, removeEntries } from './graph/ways.ts';
import type { ParsedParts } from './parse.ts';
import type { Revived } from './revived.ts';

/**
 * Puts values back from the parts of a snapshot: texts that `parseParts` has read, from which only
 * classes that were shown are made. What is damaged costs the part, and what refers to something
 * that is missing costs the entry; the rest is put back.
 *
 * @param parsed used up by this; of several definitions of one object the first one counts
 */
export function revive({ trees, faults }: ParsedParts, classes: Classes): Revived {
  const builder = new Builder(trees, classes);
  const values = builder.build();
  if (builder.bad.size > 0) removeBad(values, builder);
  return {
    values,
    facts: builder.facts,
    faults: [...faults, ...builder.faults],
    ids: builder.ids,
  };
}

/** Takes out what could not be made, with the entry in which it stands. */
function removeBad(values: Map<string, unknown>, { open, bad, facts }: Builder): void {
  const privates = [...facts.values()].flatMap((known): object[] =>
    known.privates ? [known.privates] : [],
  );
  const reached = new Set([...open, ...privates]);
  const { entries, fields } = findWays([...values.values(), ...privates], reached, bad);
  removeEntries(entries);
  for (const { holder, key } of fields) {
    Reflect.deleteProperty(holder, key);
    const known = facts.get(holder) ?? { passedOver: [] };
    facts.set(holder, { ...known, passedOver: [...known.passedOver, key], isWhole: false });
  }
  for (const [key, value] of values) if (bad.has(value as object)) values.delete(key);
}
