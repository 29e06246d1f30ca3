import type { BetterAuthOptions } from 'better-auth';
import { noteStore } from './adopt/notes.ts';
import { openRecords } from './adopt/open-sessions.ts';
import type { Options } from './options.ts';
import type { SessionData } from './session/record.ts';

export type { Options } from './options.ts';

/** What better-auth takes as its `secondaryStorage`, in the version that is installed. */
export type SecondaryStorage = NonNullable<BetterAuthOptions['secondaryStorage']>;

/**
 * A secondary storage for better-auth: its sessions, its verification values and the counters of its rate
 * limits, where the options and the environment say. An answered `set` survives the death of the process;
 * errors of the directory or of Redis reject.
 *
 * A value lasts for the `ttl` in seconds that better-auth gives with it; without one, as long as the option
 * `lifetime` says, @default until it is deleted. A session that was deleted stays deleted, whoever stores it
 * afterwards; any other key can be used again. `getAndDelete` and `increment` are one step for all processes
 * on one Redis, and within this process elsewhere.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createSecondaryStorage(options?: Options): SecondaryStorage {
  const sessions = openRecords('better-auth', options);
  noteStore('better-auth', 'named');
  return {
    async get(key: string) {
      return toValue((await sessions.find(key))?.data);
    },
    async set(key: string, value: string, ttl?: number) {
      const data = toData(value);
      await sessions.set(key, data, ttl && ttl > 0 ? ttl * 1000 : undefined, !isSession(key, data));
    },
    async delete(key: string) {
      await sessions.destroy(key);
    },
    async getAndDelete(key: string) {
      let value: string | null = null;
      await sessions.update(key, (data) => void (value = toValue(data)));
      return value;
    },
    async increment(key: string, ttl: number) {
      if (!(ttl > 0))
        throw new TypeError(`A counter needs a ttl of more than 0 seconds, not ${ttl}.`);
      let count = 0;
      const countUp = (data: SessionData | undefined): object => {
        count = Number(toValue(data)) + 1;
        if (!Number.isSafeInteger(count)) throw new Error('What is under this key is no counter.');
        return toData(String(count));
      };
      await sessions.update(key, countUp, ttl * 1000);
      return count;
    },
  };
}

/** A text as data: JSON of an object as that object, where the same text comes of it again. */
function toData(value: string): SessionData {
  const parsed = parse(value);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const isExact = isObject && JSON.stringify(parsed) === value && !value.includes('"__proto__"');
  return isExact && !('text' in parsed) ? (parsed as SessionData) : { text: value };
}

function toValue(data: SessionData | undefined): string | null {
  if (!data) return null;
  return typeof data.text === 'string' ? data.text : JSON.stringify(data);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // any text may be stored
  }
}

/** Whether data is that of a session, whose token is its key. */
function isSession(key: string, { session }: SessionData): boolean {
  return (session as { token?: unknown } | null | undefined)?.token === key;
}
