import { holdsMcpClients } from '../session/logins.ts';
import { toEnd, toTime } from './explain.ts';
import type { HistoryEvent, Miss } from './history.ts';

/** Something that has happened to a session. */
export interface SessionEvent {
  /** Milliseconds since the epoch. */
  at: number;
  /** One sentence, without the time. No id and no secret is in it. */
  sentence: string;
}

type Stored = Extract<HistoryEvent, { what: 'stored' }>;

/**
 * Tells what was noted of an id, by its hash, the oldest first.
 *
 * @param isLive whether the session is there
 */
export function tellEvents(
  events: HistoryEvent[],
  id: string,
  isLive: boolean,
  now = Date.now(),
): SessionEvent[] {
  const told: SessionEvent[] = [];
  let stored: Stored | undefined;
  let isThere = false;
  for (const event of events) {
    const isOther = 'id' in event && event.id !== undefined && event.id !== id;
    const sentence = isOther ? undefined : tell(event, stored, isThere);
    if (sentence === undefined) continue;
    told.push({ at: event.at, sentence });
    if (event.what === 'stored') stored = event;
    if (event.what !== 'missed') isThere = event.what === 'stored' || event.what === 'changed';
  }
  const isOver = stored && isThere && !isLive && stored.expires <= now;
  if (stored && isOver) told.push({ at: stored.expires, sentence: 'The session expired.' });
  return told.sort((one, other) => one.at - other.at);
}

/** @param isThere whether the session was, as far as was noted before */
function tell(
  event: HistoryEvent,
  stored: Stored | undefined,
  isThere: boolean,
): string | undefined {
  switch (event.what) {
    case 'stored': {
      const what = isThere ? 'stored or touched' : stored ? 'stored again' : 'stored';
      return `The session was ${what}, to expire ${toTime(event.expires)}.`;
    }
    case 'changed':
      return `The data was changed by ${event.by}.`;
    case 'destroyed':
    case 'expired':
      return `The session was ${toEnd(event, holdsMcpClients(stored?.namespace))}.`;
    case 'cleared': {
      const { namespaces } = event;
      const isOf = !namespaces || !stored?.namespace || namespaces.includes(stored.namespace);
      return isThere && isOf ? `All sessions were cleared by ${event.by}.` : undefined;
    }
    case 'replayed':
      return event.refusal === undefined
        ? 'The app has taken the session over after a restart.'
        : `The app has not taken the session over after a restart, because ${event.refusal}.`;
    case 'missed':
      return event.id === undefined ? undefined : tellMiss(event);
    default:
      return undefined;
  }
}

function tellMiss({ because, detail, by = 'A request' }: Miss): string {
  switch (because) {
    case 'secret changed':
      return `${by} was refused, because its cookie was signed with another secret.`;
    case 'user missing':
      return `${by} counted as logged out, because the app did not know its user.`;
    case 'retired':
      return `${by} missed the session, because it had been destroyed.`;
    case 'unreadable':
      return `${by} missed the session, because its record could not be read (${detail}).`;
    default:
      return `${by} missed the session, because there was no record of it.`;
  }
}
