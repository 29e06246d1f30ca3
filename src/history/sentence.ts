import { holdsMcpClients } from '../session/logins.ts';
import type { HistoryEvent, Miss } from './history.ts';

export type Stored = Extract<HistoryEvent, { what: 'stored' }>;

/** An event of one session, or the end of its time. */
export type EventOfSession =
  | Stored
  | Miss
  | Extract<HistoryEvent, { what: 'changed' | 'destroyed' | 'expired' | 'cleared' | 'replayed' }>
  | { at: number; what: 'over' };

/** What a sentence needs beside its event. */
interface Context {
  /** How the session was last stored before the event. */
  stored?: Stored | undefined;
  /** Whether the session was live before the event. */
  isLive?: boolean;
  /** Whether the time is part of the sentence. A time line shows it beside. */
  isTimed: boolean;
}

/** Returns one sentence for an event of a session. No id and no secret is in it. */
export function toSentence(event: EventOfSession, context: Context): string {
  const { stored, isLive = false, isTimed } = context;
  const at = isTimed ? ` ${toTime(event.at)}` : '';
  const noun = toNoun(event, stored);
  switch (event.what) {
    case 'stored': {
      const verb = isLive ? 'stored or touched' : stored ? 'stored again' : 'stored';
      return `The session was ${verb}, to expire ${toTime(event.expires)}.`;
    }
    case 'changed':
      return `The data was changed by ${event.by}${at}.`;
    case 'destroyed':
    case 'expired':
      return `The ${noun} was ${toEnd(event, noun)}${at}.`;
    case 'over':
      return `The ${noun} expired${at}.`;
    case 'cleared':
      return `All sessions were cleared by ${event.by}${at}.`;
    case 'replayed':
      return event.refusal === undefined
        ? `The app has taken the session over after a restart${at}.`
        : `The app has not taken the session over after a restart${at}, because ${event.refusal}.`;
    case 'missed':
      return toMissSentence(event, noun, at, stored);
  }
}

/** Returns `MCP session` for one of an MCP client. */
export function toNoun(event: EventOfSession, stored: Stored | undefined): string {
  const namespace = stored?.namespace ?? (event.what === 'missed' ? event.namespace : undefined);
  return holdsMcpClients(namespace) ? 'MCP session' : 'session';
}

/** Returns `at 2026-11-24 10:42:07`, in local time. */
export function toTime(time: number): string {
  return `at ${new Date(time).toLocaleString('sv-SE')}`;
}

/**
 * Says what to do for users to survive a restart.
 *
 * @param file has the users in memory; `undefined` if it is not known
 */
export function adviseKeep(file: string | undefined): string {
  return file === undefined
    ? 'name the file of the users under "keep" (see: holdover doctor --state), or keep them in a database'
    : `write "holdover": { "keep": ["${file}"] } into package.json, and users survive a restart`;
}

/** A client of MCP ends its session by DELETE, and an app by answering 404. */
function toEnd(
  { what, by = 'the app' }: Extract<HistoryEvent, { what: 'destroyed' | 'expired' }>,
  noun: string,
): string {
  if (noun === 'session' || what === 'expired') return `${what} by ${by}`;
  const isOfApp = by.startsWith('`') && !by.startsWith('`DELETE ');
  return isOfApp ? `ended by the app, which answered ${by} with 404` : `ended by ${by}`;
}

function toMissSentence(
  { because, detail, by }: Miss,
  noun: string,
  at: string,
  stored: Stored | undefined,
): string {
  const request = by ?? 'a request';
  const found = at && ` (found${at})`;
  switch (because) {
    case 'secret changed': {
      const since = stored ? `, which was last stored ${toTime(stored.at)},` : '';
      return `The secret has changed since the cookie${detail ? ` ${detail}` : ''} of this session${since} was signed: ${request} was refused${at}.`;
    }
    case 'user missing':
      return `The session was kept and its user was not, so ${request} counted as logged out${at}: ${adviseKeep(detail)}.`;
    case 'unreadable':
      if (detail === 'not permitted')
        return `The record of the ${noun} belongs to another user and cannot be read${found}.`;
      return detail === 'wrong key'
        ? `The ${noun} was stored with another key, and opens again with it${found}.`
        : `The record of the ${noun} was set aside, because it is ${detail}${found}.`;
    case 'retired':
      return `${by ?? 'A request'} missed the ${noun}${at}, because it had been destroyed.`;
    case 'no record':
      return `${by ?? 'A request'} missed the ${noun}${at}, because there was no record of it.`;
    case 'no cookie':
      return `No request has missed its session: ${request} came without the cookie ${detail ?? 'of the session'}${at}, as a first visit does, or a browser that has lost it.`;
    case 'insecure':
      return `The cookie ${detail ?? 'of the session'} is secure and ${request} came over http${at}, so it is never set: make it secure in production only.`;
    case 'foreign cookie':
      return `${by ?? 'A request'} came with a cookie ${detail ?? 'of the session'} of another app${at}: cookies of localhost are shared by all its ports, so give each app a cookie name of its own.`;
  }
}
