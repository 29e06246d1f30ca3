import type { BetterAuthOptions } from 'better-auth';
import { noteStore } from './adopt/notes.ts';
import { openRecords } from './adopt/open-sessions.ts';
import type { Options } from './options.ts';
import type { SessionData } from './session/record.ts';

export type { Options } from './options.ts';

/** What better-auth takes as its `secondaryStorage`, in the version that is installed. */
export type SecondaryStorage = NonNullable<BetterAuthOptions['secondaryStorage']>;

/**
 * A secondary storage for better-auth. An answered `set` survives the death of the process; errors of the directory or of
 * Redis reject. A value lasts for the `ttl` in seconds that better-auth gives with it; without one, as long as the option
 * `lifetime` says, @default until it is deleted. A session that was deleted stays deleted; other keys can be used again.
 * `getAndDelete` and `increment` are one step for all processes on one Redis, and within this process elsewhere.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createSecondaryStorage(options?: Options): SecondaryStorage {
  const sessions = openRecords('better-auth', options);
  noteStore('better-auth', 'named');
  return {
    get: async (key: string) => toValue((await sessions.find(key))?.data),
    async set(key: string, value: string, ttl?: number) {
      const data = toData(key, value);
      await sessions.set(key, data, ttl && ttl > 0 ? ttl * 1000 : undefined, 'text' in data);
    },
    delete: async (key: string) => sessions.destroy(key),
    async getAndDelete(key: string) {
      let value: string | null = null;
      await sessions.update(key, (data) => void (value = toValue(data)));
      return value;
    },
    async increment(key: string, ttl: number) {
      if (!(ttl > 0))
        throw new TypeError(`A counter needs a ttl of more than 0 seconds, not ${ttl}.`);
      let count = 0;
      await sessions.update(
        key,
        (data) => {
          count = Number(toValue(data)) + 1;
          if (!Number.isSafeInteger(count))
            throw new Error('What is under this key is no counter.');
          return { text: String(count) };
        },
        ttl * 1000,
      );
      return count;
    },
  };
}

/** Returns a session, whose token is its key, as an object, so that the commands find its user; any other text as it is. */
function toData(key: string, value: string): SessionData {
  if (!value.includes('"token"')) return { text: value };
  try {
    const { session, user, ...others } = JSON.parse(value) as Record<string, unknown>;
    const isSession = (session as { token?: unknown } | null)?.token === key;
    const isExact = JSON.stringify({ session, user }) === value && Object.keys(others).length === 0;
    if (isSession && isExact) return { session, user };
  } catch {
    // any text may be stored
  }
  return { text: value };
}

function toValue(data: SessionData | undefined): string | null {
  if (!data) return null;
  return typeof data.text === 'string' ? data.text : JSON.stringify(data);
}
