import { explainId, toTime, type Explanation } from './explain.ts';
import type { HistoryEvent, Miss } from './history.ts';

/**
 * Explains the latest request that has brought a cookie and missed its session, or a store that was left alone
 * after it. A request without a cookie is a first visit, a health check or a `curl`, and answers only where
 * there is nothing else.
 */
export function explainLatest(events: HistoryEvent[]): Explanation {
  const latest = events.findLast(
    (event, index) => isMiss(event) || isLeftAlone(event, events.slice(index)),
  );
  if (latest?.what === 'left alone') return explainLeftAlone(latest);
  if (latest?.what === 'missed') {
    return latest.id === undefined ? explainCookie(latest) : explainId(events, latest.id);
  }
  const visit = events.findLast((event) => event.what === 'missed');
  if (visit) return explainVisit(visit);
  const sentence = events.some((event) => event.what === 'store' || event.what === 'stored')
    ? 'No request has missed its session.'
    : 'No request is recorded here: holdover records those that miss their session, of an app that runs under it in development.';
  return { cause: 'unknown', sentence };
}

/** Explains the last misses, each as it was known then, the newest first. */
export function explainMisses(
  events: HistoryEvent[],
  most: number,
): (Explanation & { at: number })[] {
  const found: (Explanation & { at: number })[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < most; index--) {
    const event = events[index] as HistoryEvent;
    if (!isMiss(event)) continue;
    const { at, id } = event;
    const explained =
      id === undefined ? explainCookie(event) : explainId(events.slice(0, index + 1), id, at);
    found.push({ at, ...explained });
  }
  return found;
}

/** Whether an event is a request that has missed its session: one without a cookie is a first visit. */
function isMiss(event: HistoryEvent): event is Miss {
  return event.what === 'missed' && event.because !== 'no cookie';
}

/** Whether an event is a store that was left alone, and that is so today: none was adopted since. */
function isLeftAlone(event: HistoryEvent, since: HistoryEvent[]): boolean {
  if (event.what !== 'left alone') return false;
  const { framework } = event;
  return !since.some(
    (later) => later.what === 'store' && (later.framework === framework || framework === 'the app'),
  );
}

/** What is told of an id of which nothing is known: nothing is kept where all is left alone. */
export function explainUnknown(events: HistoryEvent[]): Explanation {
  const last = events.findLast(({ what }) => KEPT_OR_NOT.has(what));
  const isOff = last?.what === 'left alone' && last.framework === 'the app';
  return isOff ? explainLeftAlone(last) : explainId([], '');
}

/** What is told of a session of MCP that is there, by the hash of its id. */
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

/** Events that show whether sessions are kept. */
const KEPT_OR_NOT = new Set<HistoryEvent['what']>(['store', 'stored', 'left alone']);

function explainLeftAlone(event: Extract<HistoryEvent, { what: 'left alone' }>): Explanation {
  const { framework, reason, lasts, at } = event;
  const sentence = `The memory store of ${framework} was not adopted ${toTime(at)}, because ${reason}${toFate(lasts)}.`;
  return { cause: 'not adopted', sentence };
}

function explainVisit({ detail = 'of the session', by = 'a request', at }: Miss): Explanation {
  const sentence = `No request has missed its session: ${by} came without the cookie ${detail} ${toTime(at)}, as a first visit does, or a browser that has lost it.`;
  return { cause: 'no cookie', sentence };
}

/** What is known of the sessions of a store that was left alone. */
function toFate(lasts: boolean | undefined): string {
  if (lasts === true) {
    return ', which outlasts the process: holdover knows nothing of its sessions';
  }
  return lasts === false
    ? ': its sessions end with the process'
    : ', of which holdover knows nothing: where it is in memory, its sessions end with the process';
}

function explainCookie({ because, detail = 'of the session', by, at }: Miss): Explanation {
  const request = by ?? 'A request';
  if (because === 'insecure') {
    const sentence = `The cookie ${detail} is secure and ${request} came over http ${toTime(at)}, so it is never set: make it secure in production only.`;
    return { cause: 'insecure', sentence };
  }
  const sentence = `${request} came with a cookie ${detail} of another app ${toTime(at)}: cookies of localhost are shared by all its ports, so give each app a cookie name of its own.`;
  return { cause: 'foreign cookie', sentence };
}
