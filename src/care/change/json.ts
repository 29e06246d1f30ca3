import { isDeepStrictEqual } from 'node:util';
import type { SessionData } from '../../session/record.ts';

/** What becomes of one member of the data of a session. */
export interface SessionChange {
  /**
   * The names of the members that lead to it, at least one: `['cart', '0', 'name']`. Those before the last
   * are there; one behind the last of a list is added to it.
   */
  path: string[];
  /** Plain JSON that comes in its place. @default `undefined`, which removes it */
  value?: unknown;
  /** What stands there for who wants to change it; `undefined` for nothing. @default anything */
  was?: unknown;
}

/** A session is no longer as it was for who wanted to change it. */
export class SessionChangedError extends Error {}

/** A place in the data at which a member stands, or may come. */
interface Place {
  parent: Record<string, unknown> | unknown[];
  name: string;
}

/** No object of a session may have it: frameworks copy the data key by key. */
const PROTO = '__proto__';

/**
 * Refuses a change that can be made to no session.
 *
 * @throws TypeError, in one sentence
 */
export function checkChange({ path, value }: SessionChange): void {
  const isPath =
    Array.isArray(path) && path.length > 0 && path.every((one) => typeof one === 'string');
  if (!isPath || path.includes(PROTO)) {
    throw new TypeError("The path must be the names of members, at least one: ['cart', '0'].");
  }
  if (value !== undefined && !isPlain(value)) {
    throw new TypeError(
      'A session holds plain JSON only: null, texts, numbers, lists and objects.',
    );
  }
}

/**
 * Changes the data that was just read of a session.
 *
 * @throws SessionChangedError when something else than `was` stands there
 * @throws TypeError when the path leads nowhere
 */
export function applyChange(data: SessionData, change: SessionChange): void {
  const place = findPlace(data, change.path);
  const current = place && memberAt(place);
  if ('was' in change && !isDeepStrictEqual(current, change.was)) {
    throw new SessionChangedError(
      'The session has changed meanwhile, and was left as it is. Look at it again.',
    );
  }
  if (!place) throw new TypeError('The session has nothing at that path. Look at it again.');
  if (change.path[0] === 'cookie' && isOfFramework(data.cookie)) {
    throw new TypeError(
      'The cookie of a session belongs to its framework and is not edited. Change its options in the app.',
    );
  }
  const { parent, name } = place;
  if (change.value === undefined) removeMember(place);
  else (parent as Record<string, unknown>)[name] = change.value;
}

/** Whether it is what express-session and its like keep of their cookie, and no member of the app's. */
function isOfFramework(cookie: unknown): boolean {
  return typeof cookie === 'object' && cookie !== null && 'originalMaxAge' in cookie;
}

/** Whether a value comes back from JSON as it was. */
function isPlain(value: unknown): boolean {
  try {
    const json = JSON.stringify(value);
    return !hasProto(json) && isDeepStrictEqual(JSON.parse(json), value);
  } catch {
    return false; // a BigInt, a circle
  }
}

/** Whether an object in it has a member of that name, which `\u` may spell in another way. */
function hasProto(json: string): boolean {
  let isThere = false;
  JSON.parse(json, (name, value: unknown) => {
    isThere ||= name === PROTO;
    return value;
  });
  return isThere;
}

function findPlace(data: SessionData, path: string[]): Place | undefined {
  let parent: unknown = data;
  for (const name of path.slice(0, -1)) {
    const place = toPlace(parent, name);
    if (!place) return undefined;
    parent = memberAt(place);
  }
  return toPlace(parent, path.at(-1) as string);
}

/** A list has the places of its members and the one behind them. */
function toPlace(parent: unknown, name: string): Place | undefined {
  if (typeof parent !== 'object' || parent === null) return undefined;
  if (!Array.isArray(parent)) return { parent: parent as Record<string, unknown>, name };
  const isIndex = /^(0|[1-9]\d*)$/.test(name) && Number(name) <= parent.length;
  return isIndex ? { parent, name } : undefined;
}

function memberAt({ parent, name }: Place): unknown {
  return Object.hasOwn(parent, name) ? (parent as Record<string, unknown>)[name] : undefined;
}

function removeMember({ parent, name }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else delete parent[name];
}
