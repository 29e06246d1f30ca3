import type { CookieFacts, HistoryEvent, Miss } from './history.ts';
import { toNoun, toSentence, toTime, type EventOfSession, type Stored } from './sentence.ts';

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

/** One line of the time line of a session. */
export interface SessionEvent {
  /** Milliseconds since the epoch. */
  at: number;
  /** One sentence, without the time. No id and no secret is in it. */
  sentence: string;
}

/** Explains why a session is not there, by the hash of its id. */
export function explainId(events: HistoryEvent[], id: string, now = Date.now()): Explanation {
  const own = events.filter((event) => isOf(event, id));
  const stored = own.findLast((event) => event.what === 'stored');
  const since = stored?.at ?? 0;
  const ended = own.findLast((event) => event.what === 'destroyed' || event.what === 'expired');
  const cleared = own.findLast((event) => event.what === 'cleared' && hasCleared(event, stored));
  const misses = own.filter((event): event is Miss => event.what === 'missed');
  const miss = misses.at(-1);
  const latest = miss && miss.at >= since ? miss : undefined;
  const tell = (cause: LogoutCause, event: EventOfSession): Explanation => ({
    cause,
    sentence: toSentence(event, { stored, isTimed: true }),
  });
  if (latest?.because === 'secret changed') return tell('secret changed', latest);
  const userless = misses.findLast(({ because }) => because === 'user missing');
  // @fastify/passport destroys the session that it logs out.
  if (userless && (userless === miss || isEndedBy(ended, userless)))
    return tell('user missing', userless);
  if (ended && ended.at >= since)
    return tell(ended.what as 'destroyed' | 'expired', ended as EventOfSession);
  if (latest?.because === 'unreadable') return tell('unreadable', latest);
  if (cleared && stored && cleared.at >= since) return tell('cleared', cleared as EventOfSession);
  if (stored && stored.expires <= (miss?.at ?? now)) {
    return tell('expired', { what: 'over', at: stored.expires });
  }
  if (latest?.because === 'retired') return tell('destroyed', latest);
  if (!stored) {
    const asked = latest ? `; ${latest.by ?? 'a request'} asked for it ${toTime(latest.at)}` : '';
    const noun = latest ? toNoun(latest, stored) : 'session';
    return {
      cause: 'never seen',
      sentence: `No ${noun} with that id was ever stored here${asked}.`,
    };
  }
  const noun = toNoun(stored, stored);
  const sentence = latest
    ? `The record of the ${noun}, stored ${toTime(stored.at)}, was gone ${toTime(latest.at)}: something else than the app has removed it.`
    : `The ${noun} was stored ${toTime(stored.at)} and expires ${toTime(stored.expires)}; nothing has ended it that holdover knows of.`;
  return { cause: latest ? 'removed' : 'unknown', sentence };
}

/**
 * Explains the latest request that has brought a cookie and missed its session, or a store that was left alone
 * after it. A request without a cookie is a first visit, a health check or a `curl`: it is the answer only if there
 * is no other.
 */
export function explainLatest(events: HistoryEvent[]): Explanation {
  const latest = events.findLast(
    (event, index) => isMiss(event) || isLeftAlone(event, events.slice(index)),
  );
  if (latest?.what === 'left alone') return explainLeftAlone(latest);
  const miss = latest ?? events.findLast((event) => event.what === 'missed');
  if (miss?.what === 'missed') return explainMiss(events, miss, Date.now());
  const sentence = events.some((event) => event.what === 'store' || event.what === 'stored')
    ? 'No request has missed its session.'
    : 'No request is recorded here: holdover records those that miss their session, of an app that runs under it in development.';
  return { cause: 'unknown', sentence };
}

/** Explains the last misses, each with what was known at its time, the newest first. */
export function explainMisses(
  events: HistoryEvent[],
  max: number,
): (Explanation & { at: number })[] {
  const found: (Explanation & { at: number })[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < max; index--) {
    const event = events[index] as HistoryEvent;
    if (!isMiss(event)) continue;
    const { at } = event;
    found.push({ at, ...explainMiss(events.slice(0, index + 1), event, at) });
  }
  return found;
}

/** Explains an id without events: there are none where all stores are left alone. */
export function explainUnknown(events: HistoryEvent[]): Explanation {
  const last = events.findLast(({ what }) => ['store', 'stored', 'left alone'].includes(what));
  const isOff = last?.what === 'left alone' && last.framework === 'the app';
  return isOff ? explainLeftAlone(last) : explainId([], '');
}

/** Explains a live session of MCP, by the hash of its id. */
export function explainKept(events: HistoryEvent[], id: string): Explanation {
  const last = events.findLast((event) => event.what === 'replayed' && event.id === id);
  if (last?.what !== 'replayed') {
    const sentence = 'That MCP session is kept: its client goes on with it after a restart.';
    return { cause: 'live', sentence };
  }
  const when = toTime(last.at);
  const sentence =
    last.refusal === undefined
      ? `That MCP session is kept, and was held over ${when}.`
      : `That MCP session is kept, and was not held over ${when}, because ${last.refusal}.`;
  return { cause: 'live', sentence };
}

/**
 * Returns the time line of a session, by the hash of its id, the oldest first.
 *
 * @param isLive whether the session is there now
 */
export function toTimeLine(
  events: HistoryEvent[],
  id: string,
  isLive: boolean,
  now = Date.now(),
): SessionEvent[] {
  const line: SessionEvent[] = [];
  let stored: Stored | undefined;
  let wasLive = false;
  for (const event of events) {
    if (!isOf(event, id)) continue;
    if (event.what === 'cleared' && !(wasLive && hasCleared(event, stored))) continue;
    const sentence = toSentence(event, { stored, isLive: wasLive, isTimed: false });
    line.push({ at: event.at, sentence });
    if (event.what === 'stored') stored = event;
    if (event.what !== 'missed') wasLive = event.what === 'stored' || event.what === 'changed';
  }
  if (stored && wasLive && !isLive && stored.expires <= now) {
    const over = { what: 'over', at: stored.expires } as const;
    line.push({ at: over.at, sentence: toSentence(over, { stored, isTimed: false }) });
  }
  return line.sort((one, other) => one.at - other.at);
}

/** Whether an id was once good, as far as is known. */
export function wasValid(events: HistoryEvent[], id: string): boolean {
  const ofGood = new Set<HistoryEvent['what']>(['stored', 'changed', 'destroyed', 'expired']);
  return events.some((event) => ofGood.has(event.what) && 'id' in event && event.id === id);
}

/** Returns the sentence for a miss of an id that was good before, unless it is known already. */
export function explainNews(miss: Miss, known: HistoryEvent[]): string | undefined {
  const { id, because, at } = miss;
  const before = known.filter((event) => event.at < at); // an app may look before it stores
  if (id === undefined || !wasValid(before, id)) return undefined;
  const isKnown = known.some(
    (event) => event.what === 'missed' && event.id === id && event.because === because,
  );
  const { cause, sentence } = explainId([...before, miss], id);
  const isSaid = cause === 'user missing'; // of the session that passport has ended for it
  return isKnown || isSaid ? undefined : sentence;
}

/**
 * Whether a framework got another secret at each of the last three starts: one change may be meant.
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

function explainMiss(events: HistoryEvent[], miss: Miss, now: number): Explanation {
  if (miss.id !== undefined) return explainId(events, miss.id, now);
  const cause = miss.because as LogoutCause; // of a cookie
  return { cause, sentence: toSentence(miss, { isTimed: true }) };
}

function explainLeftAlone(event: Extract<HistoryEvent, { what: 'left alone' }>): Explanation {
  const { framework, reason, lasts, at } = event;
  const fate =
    lasts === undefined
      ? ', of which holdover knows nothing: where it is in memory, its sessions end with the process'
      : lasts
        ? ', which outlasts the process: holdover knows nothing of its sessions'
        : ': its sessions end with the process';
  const sentence = `The memory store of ${framework} was not adopted ${toTime(at)}, because ${reason}${fate}.`;
  return { cause: 'not adopted', sentence };
}

/** Whether an event is of this session, or of all sessions. */
function isOf(event: HistoryEvent, id: string): event is Exclude<EventOfSession, { what: 'over' }> {
  return event.what === 'cleared' || ('id' in event && event.id === id);
}

/** Whether an event is a request that has missed its session: one without a cookie is a first visit. */
function isMiss(event: HistoryEvent): event is Miss {
  return event.what === 'missed' && event.because !== 'no cookie';
}

/** Whether a store was left alone, and is so still: no store was adopted since. */
function isLeftAlone(event: HistoryEvent, since: HistoryEvent[]): boolean {
  if (event.what !== 'left alone') return false;
  const { framework } = event;
  return !since.some(
    (later) => later.what === 'store' && (later.framework === framework || framework === 'the app'),
  );
}

/** Whether a session was among those that were cleared, as far as its namespace is known. */
function hasCleared(
  { namespaces }: Extract<HistoryEvent, { what: 'cleared' }>,
  stored: Stored | undefined,
): boolean {
  return !namespaces || !stored?.namespace || namespaces.includes(stored.namespace);
}

function isEndedBy(ended: EventOfSession | undefined, { at, by }: Miss): boolean {
  return ended !== undefined && ended.at >= at && 'by' in ended && ended.by === by;
}
