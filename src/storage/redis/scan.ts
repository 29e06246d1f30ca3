import type { Send } from './client.ts';
import type { RedisLink } from './link/link.ts';

/** How many keys one step of a listing looks at. */
const BATCH = 1000;

/** How long one step of a listing may take, in milliseconds: nobody's request waits for it. */
export const STEP_TIMEOUT = 5000;

/** What PTTL says of a key that is not there, and of one that never expires. */
export const EXPIRED = -2;
export const FOR_EVER = -1;

/** Keys, some at a time, in no order and some twice, and the way to the master that has them. */
export async function* scanKeys(
  link: RedisLink,
  pattern: string,
): AsyncGenerator<{ send: Send; keys: string[] }, void> {
  const masters = await link.run((client) => client.masters(), STEP_TIMEOUT);
  for (const send of masters) {
    let cursor = '0';
    do {
      const args = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(BATCH), 'TYPE', 'string'];
      const answer = await link.run(() => send(args), STEP_TIMEOUT);
      const [next, keys] = answer as [string, string[]];
      cursor = String(next);
      if (keys.length > 0) yield { send, keys };
    } while (cursor !== '0');
  }
}

/** What is stored under a key, and for how long yet. Both commands leave together. */
export function readRecord(send: Send, key: string): Promise<[stored: string | null, ttl: number]> {
  return Promise.all([readText(send, key), send(['PTTL', key]) as Promise<number>]);
}

/** What is stored under a key. What is no text, as a list of somebody else's, reads as an empty one. */
export function readText(send: Send, key: string): Promise<string | null> {
  return (send(['GET', key]) as Promise<string | null>).catch((error: Error) => {
    if (error.message.startsWith('WRONGTYPE')) return '';
    throw error;
  });
}
