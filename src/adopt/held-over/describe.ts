import { countSessions } from '../../storage/survey/count.ts';
import type { OpenedStore } from './opened.ts';

/** `3 sessions held over`. */
export function formatHeldOver({ count, isMore }: { count: number; isMore: boolean }): string {
  if (isMore) return `at least ${count} sessions held over`;
  if (count === 0) return 'no sessions held over';
  return `${count} ${count === 1 ? 'session' : 'sessions'} held over`;
}

/**
 * `3 sessions held over from .holdover/sessions`, or `sessions are kept in redis://localhost:6379`.
 *
 * @param limit how many session files are looked at
 * @returns `undefined` when nothing can be in the stores
 */
export async function toStartLine(
  stores: OpenedStore[],
  limit: number,
): Promise<string | undefined> {
  const first = stores.find(({ isNew }) => !isNew);
  if (!first) return undefined;
  const heldOver = await toHeldOver(stores, limit);
  return heldOver ? `${heldOver} from ${first.display}` : `sessions are kept in ${first.display}`;
}

/**
 * How many sessions were held over, or why that cannot be said. Those in Redis are not counted: others
 * keep theirs there too, and a listing looks at all of them.
 *
 * @param limit how many session files are looked at
 */
export async function toHeldOver(
  stores: OpenedStore[],
  limit: number,
): Promise<string | undefined> {
  const inDirectories = stores.filter(({ type }) => type === 'filesystem');
  if (inDirectories.length < stores.length || stores.length === 0) return undefined;
  try {
    return await countHeldOver(inDirectories, limit);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `sessions could not be counted (${code ?? message})`;
  }
}

async function countHeldOver(stores: OpenedStore[], limit: number): Promise<string> {
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
  return formatHeldOver({ count: total, isMore });
}
