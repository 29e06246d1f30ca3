import { toPrintable } from '../../session/display/printable.ts';
import { NO_VALUES, type ValuesPutBack } from '../../state/told.ts';
import { findDirectoryKey } from '../../storage/keys/key.ts';
import { countSessions, sinceYesterday, type Count } from '../../storage/survey/count.ts';
import { isOfClients, type OpenedStore } from './opened.ts';

/** What was held over. */
export interface HeldOver {
  /** `3 sessions · 2 values held over`, or why that cannot be said; `undefined` where there is nothing to say. */
  text: string | undefined;
  /** How many, as far as they were counted; `null` where they are not, as in Redis. */
  sessions: number | null;
  values: number;
  clients: number;
}

/** What is to be said; what is left out was not counted, or there is none. */
interface Counts {
  sessions?: Count | undefined;
  /** Those of the app's memory that were put back. */
  values?: ValuesPutBack | undefined;
  /** Clients of MCP, as far as they were counted. */
  clients?: Count | undefined;
  /** Where sessions lie, when that is said. */
  from?: string | undefined;
}

/** How many members are named that were left out. */
const MOST_NAMES = 3;

const NONE: Count = { count: 0, isMore: false };

/**
 * `2 logins and 12 visitors · 2 values · 1 MCP client held over`, where there are some of each; `no sessions yet`
 * where sessions were counted and nothing is there; otherwise `undefined`. Members of values that could not be
 * kept are named. Everything that says what was held over says it by this.
 */
export function formatHeldOver({
  sessions,
  values = NO_VALUES,
  clients = NONE,
  from,
}: Counts): string | undefined {
  const parts = [
    ...(sessions && isSome(sessions) ? [formatSessions(sessions)] : []),
    ...(values.count === 0 ? [] : [toCount(values.count, 'value')]),
    ...(isSome(clients) ? [toMany(clients, 'MCP client')] : []),
  ];
  if (parts.length === 0) return sessions && 'no sessions yet';
  const place = from === undefined ? '' : ` from ${from}`;
  return `${parts.join(' · ')} held over${place}${formatLeftOut(values)}`;
}

/** `, without storage.ts#storage.sessionStore (OwnStore)` */
function formatLeftOut({ leftOut }: ValuesPutBack): string {
  if (leftOut.length === 0) return '';
  const names = leftOut.slice(0, MOST_NAMES).map(toPrintable).join(', ');
  const more = leftOut.length - MOST_NAMES;
  return `, without ${names}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Logins, and visitors, where sessions name users; where none does, the app may name them elsewhere. */
function formatSessions(sessions: Count): string {
  const { count, logins = 0 } = sessions;
  if (logins === 0) return toMany(sessions, 'session');
  const visitors = count - logins;
  const others = visitors === 0 ? '' : ` and ${toCount(visitors, 'visitor')}`;
  return toCount(logins, 'login') + others;
}

function isSome({ count, isMore }: Count): boolean {
  return count > 0 || isMore;
}

function toMany({ count, isMore }: Count, noun: string): string {
  return (isMore ? 'at least ' : '') + toCount(count, noun);
}

function toCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * `3 sessions held over from .holdover/sessions`, or `sessions are kept in redis://localhost:6379`. Of MCP
 * clients those count that were there when the store was opened.
 *
 * @param values those of the app's memory that were put back
 * @returns `undefined` when nothing can be in the stores, and no value was put back
 */
export async function toStartLine(
  stores: OpenedStore[],
  values = NO_VALUES,
): Promise<string | undefined> {
  const ofClients = stores.filter(isOfClients);
  const clients = await countClients(ofClients, true);
  const first = stores.find((store) => !store.isNew && !isOfClients(store));
  const found = first ? await countLogins(stores) : undefined;
  if (first && found === null) {
    const kept = `sessions are kept in ${first.display}`;
    return [kept, formatHeldOver({ values, clients }) ?? []].flat().join(' · ');
  }
  if (typeof found === 'string') return `${found} from ${first?.display}`;
  const source = found && isSome(found) ? first : isSome(clients) ? ofClients[0] : undefined;
  return formatHeldOver({ sessions: found ?? undefined, values, clients, from: source?.display });
}

/**
 * How many sessions, values and MCP clients were held over, or why that cannot be said.
 *
 * @param values those of the app's memory that were put back
 * @param piped how many clients of MCP are at the other end of a pipe: no store has them
 */
export async function toHeldOver(
  stores: OpenedStore[],
  values = NO_VALUES,
  piped = 0,
): Promise<HeldOver> {
  const { count, isMore } = await countClients(stores.filter(isOfClients));
  const clients = count + piped;
  const found = await countLogins(stores);
  const sessions = typeof found === 'object' && found !== null ? found : undefined;
  const text =
    typeof found === 'string'
      ? found
      : formatHeldOver({ sessions, values, clients: { count: clients, isMore } });
  const isUncounted = typeof found === 'string' || found === null;
  return {
    text,
    sessions: isUncounted ? null : (sessions?.count ?? 0),
    values: values.count,
    clients,
  };
}

/**
 * Counts the sessions that are logins or visitors.
 *
 * @returns `undefined` without a store, `null` for Redis, where others keep theirs too and a listing looks at all
 * of them, and a text that says why they could not be counted
 */
async function countLogins(stores: OpenedStore[]): Promise<Count | string | null | undefined> {
  const ofLogins = stores.filter((store) => !isOfClients(store));
  if (ofLogins.length === 0) return undefined;
  if (!ofLogins.every(isInDirectory)) return null;
  try {
    return await countHeldOver(ofLogins, { areOpened: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `sessions could not be counted (${code ?? message})`;
  }
}

/**
 * Those that were used lately.
 *
 * @param hasOpened leaves out those that were stored since the store was opened: they are new
 */
async function countClients(stores: OpenedStore[], hasOpened = false): Promise<Count> {
  const before = hasOpened ? Math.min(...stores.map(({ at }) => at)) : undefined;
  const within = { since: sinceYesterday(), before };
  return countHeldOver(stores.filter(isInDirectory), within).catch(() => NONE); // that of sessions says why
}

function isInDirectory({ type }: OpenedStore): boolean {
  return type === 'filesystem';
}

/** Which sessions are counted. */
interface Within {
  /** Those that were last stored since one time and before another, in milliseconds since the epoch. */
  since?: number;
  before?: number | undefined;
  /** Whether they are opened, to tell logins from visitors. */
  areOpened?: boolean;
}

async function countHeldOver(
  stores: OpenedStore[],
  { areOpened = false, ...within }: Within = {},
): Promise<Count> {
  const total = { ...NONE, logins: areOpened ? 0 : undefined };
  for (const directory of new Set(stores.map((store) => store.directory))) {
    const own = stores.filter((store) => store.directory === directory);
    const namespaces = own.map((store) => store.namespace);
    const [first] = own as [OpenedStore];
    const { fingerprint } = first;
    const reading = areOpened ? toReading(first) : undefined;
    const options = { directory, namespaces, fingerprint, reading, ...within };
    const { count, isMore, logins } = await countSessions(options);
    total.count += count;
    total.isMore ||= isMore;
    if (total.logins !== undefined) {
      total.logins = logins === undefined ? undefined : total.logins + logins;
    }
  }
  return total;
}

/** The key of a directory, where this process finds it: an app may have one that only it knows. */
function toReading({ root, directory, stateDirectory, who }: OpenedStore) {
  try {
    const sealingSecret = process.env.SESSION_KEY || undefined;
    const key = findDirectoryKey({ root, directory, stateDirectory, sealingSecret });
    return key && { key, who };
  } catch {
    return undefined; // the store says why
  }
}
