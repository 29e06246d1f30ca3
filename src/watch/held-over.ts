import { formatHeldOver } from '../adopt/format-held-over.ts';
import type { OpenedStore } from '../adopt/opened.ts';
import { countSessions } from '../storage/count.ts';

/** How many session files are looked at for one line. */
const COUNT_LIMIT = 10_000;

/** How many sessions were held over, or why that cannot be said. */
export async function toHeldOver(stores: OpenedStore[]): Promise<string | undefined> {
  if (stores.length === 0) return undefined;
  try {
    return await countHeldOver(stores);
  } catch (error) {
    return `sessions could not be counted (${(error as NodeJS.ErrnoException).code})`;
  }
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
