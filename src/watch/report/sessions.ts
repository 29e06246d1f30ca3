import { formatKept } from '../../adopt/held-over/announce.ts';
import { formatHeldOver } from '../../adopt/held-over/format-held-over.ts';
import type { OpenedStore } from '../../adopt/held-over/opened.ts';
import { countSessions } from '../../storage/survey/count.ts';

/** How many session files are looked at for one line. */
const COUNT_LIMIT = 10_000;

/**
 * How many sessions were held over, or why that cannot be said. Those in Redis are not counted: others
 * keep theirs there too, and a listing looks at all of them.
 */
export async function toHeldOver(stores: OpenedStore[]): Promise<string | undefined> {
  const inDirectories = stores.filter(({ type }) => type === 'filesystem');
  if (inDirectories.length < stores.length || stores.length === 0) return undefined;
  try {
    return await countHeldOver(inDirectories);
  } catch (error) {
    return `sessions could not be counted (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** What is said of the sessions at the first start, if there is something to say. */
export async function toStartLine(stores: OpenedStore[]): Promise<string | undefined> {
  const first = stores.find(({ isNew }) => !isNew);
  if (!first) return undefined;
  const heldOver = await toHeldOver(stores);
  return heldOver ? `${heldOver} from ${first.display}` : formatKept(first.display);
}

async function countHeldOver(stores: OpenedStore[]): Promise<string> {
  let total = 0;
  let isMore = false;
  for (const directory of new Set(stores.map((store) => store.directory))) {
    const own = stores.filter((store) => store.directory === directory);
    const namespaces = own.map((store) => store.namespace);
    const fingerprint = own[0]?.fingerprint ?? '';
    const counted = await countSessions({ directory, namespaces, fingerprint, limit: COUNT_LIMIT });
    total += counted.count;
    isMore ||= counted.isMore;
  }
  return formatHeldOver({ count: total, isMore });
}
