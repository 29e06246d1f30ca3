import { DEFAULT_LIFETIME } from '../../session/expiry/lifetime.ts';
import { holdsMcpClients } from '../../session/logins.ts';
import { fromRecord } from '../../session/record.ts';
import type { SessionStorage, StoredText } from '../../session/storage.ts';
import type { Place } from './place.ts';

/** What has become of the sessions that were to be copied. */
export interface CopyCounts {
  copied: number;
  /** How many of those that were copied are sessions of MCP clients. */
  clients: number;
  /** They were there, with the same data. */
  same: number;
  /** They were there with other data, and were left as they were. */
  kept: number;
  /** Their ids were destroyed at the target and are refused there. */
  refused: number;
}

/** How sessions are copied. */
interface CopyOptions {
  namespaces: string[];
  /** Whether a session that is at the target with other data is replaced. */
  isOverwriting: boolean;
}

/** How many are under way at the same time. */
const AT_ONCE = 50;

/**
 * Copies all live sessions of some namespaces: ids, data, when they were made, and what is left of their
 * lifetime. The source is not changed, and what is only at the target stays. After an error what was
 * copied before may be there, or not.
 */
export async function copySessions(
  from: Place,
  to: Place,
  { namespaces, isOverwriting }: CopyOptions,
): Promise<CopyCounts> {
  const counts: CopyCounts = { copied: 0, clients: 0, same: 0, kept: 0, refused: 0 };
  const underWay = new Set<Promise<void>>();
  for (const namespace of namespaces) {
    const target = to.open(namespace);
    for await (const session of from.open(namespace).entries()) {
      const one = copyOne(target, session, isOverwriting).then((outcome) => {
        underWay.delete(one);
        if (outcome) counts[outcome]++;
        if (outcome === 'copied' && holdsMcpClients(namespace)) counts.clients++;
      });
      underWay.add(one);
      one.catch(() => {}); // whoever waits for it hears of it
      if (underWay.size >= AT_ONCE) await Promise.race(underWay);
    }
  }
  await Promise.all(underWay);
  await to.save?.();
  return counts;
}

async function copyOne(
  to: Pick<SessionStorage, 'get' | 'set'>,
  { key, text, expires }: StoredText & { key: string },
  isOverwriting: boolean,
): Promise<Exclude<keyof CopyCounts, 'clients'> | undefined> {
  if (!fromRecord(text)) return undefined; // it is no session
  const there = await to.get(key);
  if (there?.text === text) return 'same';
  if (there && !isOverwriting) return 'kept';
  const ttl = expires === Infinity ? DEFAULT_LIFETIME : Math.ceil(expires - Date.now());
  if (ttl <= 0) return undefined; // it has ended meanwhile
  return (await to.set(key, text, ttl)) ? 'copied' : 'refused';
}
