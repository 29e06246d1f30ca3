import { countSessions } from '../../storage/survey/count.ts';
import type { OpenedStore } from './opened.ts';

/** How many sessions there are, as far as they were counted. */
interface Counted {
  count: number;
  isMore: boolean;
}

/**
 * `3 sessions · 2 values held over`.
 *
 * @param values of the app's memory, which are named where there are some
 */
export function formatHeldOver({ count, isMore }: Counted, values = 0): string {
  return [formatSessions(count, isMore), formatValues(values)].flat().join(' · ') + ' held over';
}

function formatSessions(count: number, isMore: boolean): string {
  if (isMore) return `at least ${count} sessions`;
  if (count === 0) return 'no sessions';
  return `${count} ${count === 1 ? 'session' : 'sessions'}`;
}

/** `2 values`, or none. */
function formatValues(count: number): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? 'value' : 'values'}`];
}

/** `2 values held over`; `undefined` for none. */
function toHeldOverValues(count: number): string | undefined {
  const [values] = formatValues(count);
  return values && `${values} held over`;
}

/**
 * `3 sessions held over from .holdover/sessions`, or `sessions are kept in redis://localhost:6379`.
 *
 * @param limit how many session files are looked at
 * @param values how many values of the app's memory were put back
 * @returns `undefined` when nothing can be in the stores, and no value was put back
 */
export async function toStartLine(
  stores: OpenedStore[],
  limit: number,
  values = 0,
): Promise<string | undefined> {
  const first = stores.find(({ isNew }) => !isNew);
  if (!first) return toHeldOverValues(values);
  const heldOver = await toHeldOverSessions(stores, limit, values);
  if (heldOver) return `${heldOver} from ${first.display}`;
  const kept = `sessions are kept in ${first.display}`;
  return [kept, toHeldOverValues(values) ?? []].flat().join(' · ');
}

/**
 * How many sessions and values were held over, or why that cannot be said. Sessions in Redis are not
 * counted: others keep theirs there too, and a listing looks at all of them.
 *
 * @param limit how many session files are looked at
 * @param values how many values of the app's memory were put back
 */
export async function toHeldOver(
  stores: OpenedStore[],
  limit: number,
  values = 0,
): Promise<string | undefined> {
  return (await toHeldOverSessions(stores, limit, values)) ?? toHeldOverValues(values);
}

/** @returns `undefined` where sessions are not counted, and nothing is said of values then */
async function toHeldOverSessions(
  stores: OpenedStore[],
  limit: number,
  values: number,
): Promise<string | undefined> {
  const inDirectories = stores.filter(({ type }) => type === 'filesystem');
  if (inDirectories.length < stores.length || stores.length === 0) return undefined;
  try {
    return formatHeldOver(await countHeldOver(inDirectories, limit), values);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `sessions could not be counted (${code ?? message})`;
  }
}

async function countHeldOver(stores: OpenedStore[], limit: number): Promise<Counted> {
  let total = 0;
  let isMore = false;
  for (const directory of new Set(stores.map((store) => store.directory))) {
    const own = stores.filter((store) => store.directory === directory);
    const namespaces = own.map((store) => store.namespace);
    const fingerprint = own[0]?.fingerprint ?? '';
    const counted = await countSessions({ directory, namespaces, fingerprint, limit });
    total += counted.count;
    isMore ||= counted.isMore;
  }
  return { count: total, isMore };
}
