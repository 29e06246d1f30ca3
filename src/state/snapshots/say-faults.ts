import type { Say } from '../../session/display/say-once.ts';
import { toBindingKey } from './records/manifest.ts';
import type { Place } from './records/place.ts';
import type { Fault } from './snapshot.ts';

/** Says of each binding what of it could not be read, and what has become of that. */
export function sayFaults(say: Say, faults: Fault[]): void {
  for (const { part, reason, isOlderUsed } of faults) {
    const what =
      part === undefined ? 'The list of what was kept' : `A part of ${toBindingKey(part)}`;
    say(
      `${what} could not be read (${reason}): ` +
        (isOlderUsed
          ? 'the version before it is used.'
          : 'it is left out, and all the rest is there.'),
    );
  }
}

/** Why none of some texts can be read; `undefined` when there is no trace of them. */
export function whyNothing(place: Place, keys: readonly string[]): string | undefined {
  return keys.map((key) => place.whyNot(key)).find((reason) => reason !== undefined);
}
