import { startTimer } from '../../session/timers.ts';
import type { Place } from './records/place.ts';

/** After how many removals others have a turn. */
const AT_ONCE = 16;

/**
 * Removes everything from a place but some keys: what killed runs and older ones have left.
 *
 * @param isLast whether no later run has begun. What there is was looked at before: it has nothing of that
 */
export async function sweep(
  place: Place,
  keys: Iterable<string>,
  isLast: () => boolean,
): Promise<void> {
  const others = place.othersThan(keys);
  if (!isLast()) return;
  for (const [index, name] of others.entries()) {
    place.removeOther(name);
    if (index % AT_ONCE === 0) await new Promise<void>((go) => startTimer(go, 1).unref());
  }
}
