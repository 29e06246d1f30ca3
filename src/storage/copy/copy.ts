import type { SessionStorage } from '../../session/storage.ts';

/** What has become of the sessions that were to be copied. */
export interface CopyCounts {
  copied: number;
  /** They were there, with the same data. */
  same: number;
  /** They were there with other data, and were left as they were. */
  kept: number;
  /** Their ids were destroyed at the target and are refused there. */
  refused: number;
}

/** How many are under way at the same time. */
const AT_ONCE = 50;

/**
 * Copies all live sessions of a namespace: ids, data, when they were made, and what is left of their
 * lifetime. The source is not changed, and what is only at the target stays.
 *
 * @param isOverwriting whether a session that is at the target with other data is replaced
 */
export async function copySessions(
  from: SessionStorage,
  to: SessionStorage,
  isOverwriting: boolean,
): Promise<CopyCounts> {
  const counts: CopyCounts = { copied: 0, same: 0, kept: 0, refused: 0 };
  const underWay = new Set<Promise<void>>();
  for await (const { key, text, expires } of from.entries()) {
    const one = copyOne(to, key, text, expires, isOverwriting).then((outcome) => {
      underWay.delete(one);
      if (outcome) counts[outcome]++;
    });
    underWay.add(one);
    one.catch(() => {}); // whoever waits for it hears of it
    if (underWay.size >= AT_ONCE) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return counts;
}

async function copyOne(
  to: SessionStorage,
  key: string,
  text: string,
  expires: number,
  isOverwriting: boolean,
): Promise<keyof CopyCounts | undefined> {
  const there = await to.get(key);
  if (there?.text === text) return 'same';
  if (there && !isOverwriting) return 'kept';
  const ttl = Math.ceil(expires - Date.now());
  if (ttl <= 0) return undefined; // it has ended meanwhile
  return (await to.set(key, text, ttl)) ? 'copied' : 'refused';
}
