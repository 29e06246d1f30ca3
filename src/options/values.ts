import { inspect } from 'node:util';
import ms from 'ms';
import { toTtl } from '../session/expiry/lifetime.ts';
import type { StorageType } from '../storage/options.ts';
import type { ConnectedRedis } from '../storage/redis/place.ts';
import type { RedisOptions } from '../storage/redis/target.ts';

const TYPES: readonly string[] = ['filesystem', 'redis', 'memory'] satisfies StorageType[];

/** A bare number that is less is rather one of seconds or minutes, in milliseconds. */
const SHORTEST_BARE = 60_000;

/** The members of `redis`, and what they are. */
const REDIS_MEMBERS: Record<string, string> = {
  url: 'string',
  username: 'string',
  password: 'string',
  sentinelPassword: 'string',
  tls: 'object',
  timeout: 'number',
} satisfies Record<keyof RedisOptions, string>;

/** @throws Error for a type that is not known */
export function toType(label: string, value: unknown): StorageType {
  if (TYPES.includes(value as string)) return value as StorageType;
  throw new Error(`${label} is ${show(value)}. Set it to filesystem, redis or memory.`);
}

/** @throws Error for what is no path */
export function toDirectory(label: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw new Error(`${label} is ${show(value)}. Set it to the path of a folder.`);
}

/**
 * How to reach Redis, as far as it is said; `undefined` for an empty text.
 *
 * @throws Error for what is neither a URL nor an object of known types; no password is in it
 */
export function toRedis(label: string, value: unknown): RedisOptions | ConnectedRedis | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { url: value };
  if (!isObject(value)) {
    throw new Error(
      `${label} is neither a text nor an object. Set it to a URL, as redis://host:6379.`,
    );
  }
  if (typeof value.sendCommand === 'function') return value as unknown as ConnectedRedis;
  for (const [name, type] of Object.entries(REDIS_MEMBERS)) {
    const member = value[name];
    if (member === undefined || (type === 'object' ? isObject(member) : typeof member === type)) {
      continue;
    }
    throw new Error(`${label} has a ${name} that is no ${type}. Correct that, or leave it out.`);
  }
  return value;
}

/** What belongs to one URL is not used for another; what names none is for the URL that is used. */
export function completeRedis(
  stronger: RedisOptions | ConnectedRedis,
  weaker: RedisOptions | ConnectedRedis,
): RedisOptions | undefined {
  if ('sendCommand' in stronger || 'sendCommand' in weaker) return undefined;
  if (stronger.url !== undefined && weaker.url !== undefined) return undefined;
  return { ...weaker, ...stronger };
}

/** @throws Error for what is neither true nor false, as text in the environment */
export function toFlag(label: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return !['0', 'false'].includes(value);
  throw new Error(`${label} is ${show(value)}. Set it to true or false.`);
}

/**
 * A lifetime in milliseconds, from a number of them or a text as `7d` or `12h`.
 *
 * @param isCode whether it is said in code, where a number is one of milliseconds and nothing else
 * @throws Error for what is no time, or none that is ahead, or a bare number that was hardly meant
 * as milliseconds
 */
export function toLifetime(label: string, value: unknown, isCode: boolean): number {
  const isBare = typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value);
  const number = isBare ? Number(value) : typeof value === 'string' ? safeMs(value) : value;
  if (typeof number !== 'number' || (typeof value === 'string' && !Number.isFinite(number))) {
    throw new Error(`${label} is ${show(value)}. Write it as 7d, 12h or milliseconds.`);
  }
  if (toTtl(number) <= 0) {
    throw new Error(`${label} must be more than 0 milliseconds, not ${show(value)}.`);
  }
  if (number < SHORTEST_BARE && (isBare || (typeof value === 'number' && !isCode))) {
    throw new Error(
      `${label} is ${number}, which would be ${number} milliseconds. Write the unit: ${number}m for minutes, ${number}s for seconds, ${number}ms.`,
    );
  }
  return number;
}

/** The library throws for what it does not take, and gives NaN or undefined for what it does not know. */
function safeMs(text: string): number | undefined {
  try {
    return ms(text as ms.StringValue);
  } catch {
    return undefined;
  }
}

/** @throws Error for a namespace that could be taken for another */
export function toNamespace(label: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value)) return value;
  throw new Error(`${label} may have letters, digits, "-" and "_", and ${show(value)} has others.`);
}

/** @throws Error for what is no text; `undefined` for an empty one */
export function toWho(label: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value || undefined;
  throw new Error(`${label} is ${show(value)}. Set it to names with dots, as account.owner.`);
}

/** Several secrets with commas, the newest first. */
export function toSecrets(value: string): string[] {
  return value
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
}

/** Whether it is an object and no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In a sentence, whatever it is. */
function show(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 0, breakLength: Infinity });
}
