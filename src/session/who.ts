import type { SessionData } from './record.ts';

/** Where apps keep who a session belongs to, in the order in which it is looked for. */
const PLACES = [
  'passport.user',
  'user',
  'userId',
  'user_id',
  'person_id',
  'personId',
  'user.email',
  'email',
  'username',
  'adminUser',
  'admin',
  'account',
  'accountId',
  'organizer',
];

/** What names a user that is an object, in the order in which it is looked for. */
const NAMES = ['email', 'username', 'user', 'name', 'login', 'id', '_id', 'userId', 'person_id'];

/**
 * Who a session belongs to, in one line, or `undefined` when nobody can be seen in it.
 *
 * @param place where that stands, with dots, as `account.owner`; @default the places that apps use:
 * `passport.user`, `user`, `userId`, `person_id`, `user.email`, `adminUser` and their like, also as hono-sessions
 * keeps them
 */
export function findWho(data: SessionData, place?: string): string | undefined {
  for (const path of place === undefined ? PLACES : [place]) {
    const who = toName(at(data, path) ?? at(ofHono(data), path));
    if (who !== undefined) return who;
  }
  return undefined;
}

function at(data: unknown, path: string): unknown {
  let value = data;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** hono-sessions keeps `{ _data: { user: { value, flash } } }`. */
function ofHono({ _data: data }: SessionData): SessionData {
  if (typeof data !== 'object' || data === null) return {};
  const entries = Object.entries(data as Record<string, { value?: unknown } | null>);
  return Object.fromEntries(entries.map(([key, entry]) => [key, entry?.value]));
}

function toName(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const name of NAMES) {
    const own = (value as Record<string, unknown>)[name];
    if ((typeof own === 'string' && own !== '') || typeof own === 'number') return String(own);
  }
  return undefined;
}
