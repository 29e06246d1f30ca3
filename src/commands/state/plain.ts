import { inspect } from 'node:util';

/** Deeper than this nothing is shown. */
const DEEPEST = 200;

/**
 * A value as JSON can have it, for programs that look at it: a Map is a list of pairs, a Set a list, and what
 * JSON has no kind for is the text that people would see.
 */
export function toPlain(value: unknown, above: object[] = []): unknown {
  if (typeof value !== 'object' || value === null) {
    const isJson = /^(string|boolean)$/.test(typeof value) || value === null;
    return isJson || Number.isFinite(value) ? value : inspect(value);
  }
  if (above.includes(value)) return '[Circular]';
  if (above.length > DEEPEST) return '…';
  const inner = (one: unknown): unknown => toPlain(one, [...above, value]);
  if (value instanceof Map) return Array.from(value, (entry) => entry.map(inner));
  if (value instanceof Set || Array.isArray(value)) return Array.from(value, inner);
  if (Object.prototype.toString.call(value) !== '[object Object]') return inspect(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]));
}
