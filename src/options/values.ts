import ms from 'ms';
import { toTtl } from '../session/lifetime.ts';
import type { StorageType } from '../storage/open.ts';

const TYPES: readonly string[] = ['filesystem', 'redis', 'memory'] satisfies StorageType[];

/** @throws Error for a type that is not known */
export function toType(name: string, value: unknown): StorageType {
  if (TYPES.includes(value as string)) return value as StorageType;
  throw new Error(`${name} is ${JSON.stringify(value)}. Set it to filesystem, redis or memory.`);
}

/**
 * A lifetime in milliseconds, from a number of them or a text as `7d` or `12h`.
 *
 * @throws Error for what is no time, or none that is ahead
 */
export function toLifetime(name: string, value: number | string): number {
  const number = typeof value === 'number' ? value : toMilliseconds(value);
  if (number === undefined) {
    throw new Error(`${name} is ${JSON.stringify(value)}. Write it as 7d, 12h or milliseconds.`);
  }
  if (toTtl(number) <= 0) {
    throw new Error(`${name} must be more than 0 milliseconds, not ${value}.`);
  }
  return number;
}

function toMilliseconds(text: string): number | undefined {
  const number = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : safeMs(text);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
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
export function toNamespace(name: string, value: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(value)) return value;
  throw new Error(
    `${name} may have letters, digits, "-" and "_", and ${JSON.stringify(value)} has others.`,
  );
}

/** Several secrets with commas, the newest first. */
export function toSecrets(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
}
