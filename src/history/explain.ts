import { holdsMcpClients } from '../session/logins.ts';
import type { CookieFacts, HistoryEvent, Miss } from './history.ts';

/** Why a session was not there. */
export type LogoutCause =
  | 'no cookie'
  | 'foreign cookie'
  | 'secret changed'
  | 'insecure'
  | 'expired'
  | 'destroyed'
  | 'cleared'
  | 'unreadable'
  | 'removed'
  | 'user missing'
  | 'never seen'
  | 'not adopted'
  | 'live'
  | 'unknown';

/** The answer to "Why was I logged out?" */
export interface Explanation {
  cause: LogoutCause;
  /** One sentence, with the time and the cause. No id and no secret is in it. */
  sentence: string;
}

/** What is told of an id from all that was noted, by the hash of the id. */
export function explainId(events: HistoryEvent[], id: string, now = Date.now()): Explanation {
  const own = events.filter(
    (event) => !('id' in event) || event.id === undefined || event.id === id,
  );
  const stored = own.findLast((event) => event.what === 'stored');
  const ended = own.findLast(
    (event): event is Ended => event.what === 'destroyed' || event.what === 'expired',
  );
  const cleared = own.findLast(
    (event): event is Cleared => event.what === 'cleared' && isOf(event, stored),
  );
  const miss = own.findLast((event): event is Miss => event.what === 'missed' && event.id === id);
  const since = stored?.at ?? 0;
  const isMcp = holdsMcpClients(stored?.namespace ?? miss?.namespace);
  const noun = isMcp ? 'MCP session' : 'session';
  if (miss?.because === 'secret changed' && miss.at >= since) {
    return explainNewSecret(miss, stored?.at);
  }
  const userless = own.findLast((event) => isUserless(event, id)) as Miss | undefined;
  if (userless && (userless === miss || isEndedBy(ended, userless))) {
    return explainMissingUser(userless);
  }
  if (ended && ended.at >= since) {
    const sentence = `The ${noun} was ${toEnd(ended, isMcp)} ${toTime(ended.at)}.`;
    return { cause: ended.what, sentence };
  }
  if (miss?.because === 'unreadable' && miss.at >= since) return explainUnreadable(miss, noun);
  if (cleared && stored && cleared.at >= since) {
    const sentence = `All sessions were cleared by ${cleared.by} ${toTime(cleared.at)}.`;
    return { cause: 'cleared', sentence };
  }
  if (stored && stored.expires <= (miss?.at ?? now)) {
    return { cause: 'expired', sentence: `The ${noun} expired ${toTime(stored.expires)}.` };
  }
  if (miss && miss.at >= since) return explainNoRecord(miss, stored, noun);
  if (!stored) {
    return { cause: 'never seen', sentence: 'No session with that id was ever stored here.' };
  }
  const sentence = `The ${noun} was stored ${toTime(stored.at)} and expires ${toTime(stored.expires)}; nothing has ended it that holdover knows of.`;
  return { cause: 'unknown', sentence };
}

/** A client of MCP ends its session by DELETE, and an app by answering 404. */
export function toEnd({ what, by = 'the app' }: Ended, isMcp: boolean): string {
  if (!isMcp || what === 'expired') return `${what} by ${by}`;
  const isOfApp = by.startsWith('`') && !by.startsWith('`DELETE ');
  return isOfApp ? `ended by the app, which answered ${by} with 404` : `ended by ${by}`;
}

/** What has happened to an id that was good. */
const WERE_GOOD = new Set<HistoryEvent['what']>(['stored', 'changed', 'destroyed', 'expired']);

/** Whether an id was once good, as far as was noted. */
export function wasValid(events: HistoryEvent[], id: string): boolean {
  return events.some((event) => WERE_GOOD.has(event.what) && 'id' in event && event.id === id);
}

/** The sentence for a miss of an id that was good before it, unless the same was known already. */
export function explainNews(miss: Miss, known: HistoryEvent[]): string | undefined {
  const { id, because, at } = miss;
  const before = known.filter((event) => event.at < at); // an app may look before it stores
  if (id === undefined || !wasValid(before, id)) return undefined;
  const isKnown = known.some(
    (event) => event.what === 'missed' && event.id === id && event.because === because,
  );
  const { cause, sentence } = explainId([...before, miss], id);
  const isSaid = cause === 'user missing'; // by then, and not of the session that passport has ended for it
  return isKnown || isSaid ? undefined : sentence;
}

/**
 * Whether the last three times that a framework was told of a cookie it got another secret each time: one
 * change may be meant.
 */
export function isNewEachTime(
  events: HistoryEvent[],
  { framework, name }: Pick<CookieFacts, 'framework' | 'name'>,
): boolean {
  const secrets = events.flatMap((event) =>
    event.what === 'cookie' && event.framework === framework && event.name === name
      ? [event.secret]
      : [],
  );
  return new Set(secrets.slice(-3)).size === 3;
}

function explainNewSecret({ at, by, detail }: Miss, stored: number | undefined): Explanation {
  const since = stored === undefined ? '' : `, which was last stored ${toTime(stored)}`;
  const sentence = `The secret has changed since the cookie${detail ? ` ${detail}` : ''} of this session${since}, was signed: ${by ?? 'a request'} was refused ${toTime(at)}.`;
  return { cause: 'secret changed', sentence };
}

function isUserless(event: HistoryEvent, id: string): boolean {
  return event.what === 'missed' && event.id === id && event.because === 'user missing';
}

/** @fastify/passport destroys the session of whom it logs out. */
function isEndedBy(ended: Ended | undefined, { at, by }: Miss): boolean {
  return ended !== undefined && ended.at >= at && ended.by === by;
}

function explainMissingUser({ at, by, detail: file }: Miss): Explanation {
  const sentence = `The session was kept and its user was not, so ${by ?? 'a request'} counted as logged out ${toTime(at)}: ${adviseKeep(file)}.`;
  return { cause: 'user missing', sentence };
}

/**
 * Says what to do for users to survive a restart.
 *
 * @param file has the users in memory, where it is known
 */
export function adviseKeep(file: string | undefined): string {
  return file === undefined
    ? 'name the file of the users under "keep" (see: holdover doctor --state), or keep them in a database'
    : `write "holdover": { "keep": ["${file}"] } into package.json, and users survive a restart`;
}

function explainUnreadable({ at, detail }: Miss, noun: string): Explanation {
  if (detail === 'not permitted') {
    const sentence = `The record of the ${noun} belongs to another user and cannot be read (found ${toTime(at)}).`;
    return { cause: 'unreadable', sentence };
  }
  const sentence =
    detail === 'wrong key'
      ? `The ${noun} was stored with another key, and opens again with it (found ${toTime(at)}).`
      : `The record of the ${noun} was set aside, because it is ${detail} (found ${toTime(at)}).`;
  return { cause: 'unreadable', sentence };
}

type Stored = Extract<HistoryEvent, { what: 'stored' }>;
type Ended = Extract<HistoryEvent, { what: 'destroyed' | 'expired' }>;
type Cleared = Extract<HistoryEvent, { what: 'cleared' }>;

/** Whether a session was among those that were cleared, as far as its namespace is known. */
function isOf({ namespaces }: Cleared, stored: Stored | undefined): boolean {
  return !namespaces || !stored?.namespace || namespaces.includes(stored.namespace);
}

function explainNoRecord(miss: Miss, stored: Stored | undefined, noun: string): Explanation {
  if (miss.because === 'retired') {
    const sentence = `The ${noun} was destroyed before ${toTime(miss.at).slice(3)}.`;
    return { cause: 'destroyed', sentence };
  }
  if (!stored) {
    const asked = `${miss.by ?? 'a request'} asked for it ${toTime(miss.at)}`;
    const sentence = `No ${noun} with that id was ever stored here; ${asked}.`;
    return { cause: 'never seen', sentence };
  }
  const sentence = `The record of the ${noun}, stored ${toTime(stored.at)}, was gone ${toTime(miss.at)}: something else than the app has removed it.`;
  return { cause: 'removed', sentence };
}

/** `at 2026-11-24 10:42:07`, in the time of the person who reads it. */
export function toTime(time: number): string {
  return `at ${new Date(time).toLocaleString('sv-SE')}`;
}
